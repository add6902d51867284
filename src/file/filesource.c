#include "file/filesource.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

/* Window of 32 KiB, with the header of gzip. */
#define GZIP_WINDOW (15 + 16)

/* What zlib takes for it, about. */
#define ZLIB_COST ((size_t)48 * 1024)

struct gunzip {
    z_stream stream;
    uint64_t position; /* of the next byte that comes out */
    off_t from;        /* where the packed bytes behind `input` are */
    bool over;
    unsigned char input[16 * 1024];
};

static ssize_t read_plain(int file, void *to, size_t size, uint64_t position)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = pread(file, (char *)to + done, size - done, (off_t)(position + done));

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && done == 0) {
            return -1;
        }
        if (got <= 0) {
            break;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

bool filesource_is_gzip(int file)
{
    unsigned char begin[3];

    return read_plain(file, begin, sizeof(begin), 0) == sizeof(begin) && begin[0] == 0x1f &&
           begin[1] == 0x8b && begin[2] == 8;
}

static bool start_over(struct gunzip *zip)
{
    zip->position = 0;
    zip->from = 0;
    zip->over = false;
    zip->stream.avail_in = 0;
    return inflateReset(&zip->stream) == Z_OK;
}

static struct gunzip *open_gunzip(struct memory_budget *budget)
{
    struct gunzip *zip = memory_take(budget, sizeof(*zip));

    if (zip == NULL) {
        return NULL;
    }
    zip->stream = (z_stream){.zalloc = Z_NULL};
    if (!memory_charge(budget, ZLIB_COST)) {
        memory_give(budget, zip, sizeof(*zip));
        return NULL;
    }
    if (inflateInit2(&zip->stream, GZIP_WINDOW) != Z_OK) {
        memory_release(budget, ZLIB_COST);
        memory_give(budget, zip, sizeof(*zip));
        return NULL;
    }
    start_over(zip);
    return zip;
}

bool filesource_open(struct filesource *source, int file, bool unpack, struct memory_budget *budget)
{
    *source = (struct filesource){.file = file, .budget = budget};
    if (unpack) {
        source->unpacked = open_gunzip(budget);
        if (source->unpacked == NULL) {
            filesource_close(source);
            return false;
        }
    }
    return true;
}

/* Reads packed bytes. False: there are none, or errno says why. */
static bool fill(struct filesource *source)
{
    struct gunzip *zip = source->unpacked;
    ssize_t got = read_plain(source->file, zip->input, sizeof(zip->input), (uint64_t)zip->from);

    if (got <= 0) {
        errno = got < 0 ? errno : 0;
        return false;
    }
    zip->from += got;
    zip->stream.next_in = zip->input;
    zip->stream.avail_in = (uInt)got;
    return true;
}

/* The end of a member has come: is there another one? */
static bool next_member(struct filesource *source)
{
    struct gunzip *zip = source->unpacked;

    if (zip->stream.avail_in == 0 && !fill(source)) {
        zip->over = true;
        return errno == 0;
    }
    if (zip->stream.next_in[0] != 0x1f) { /* zeros of a tape's block */
        zip->over = true;
        return true;
    }
    return inflateReset(&zip->stream) == Z_OK;
}

/* The next bytes in order. */
static ssize_t unpack(struct filesource *source, void *to, size_t size)
{
    struct gunzip *zip = source->unpacked;
    const uInt most = size < (1u << 30) ? (uInt)size : 1u << 30;

    zip->stream.next_out = to;
    zip->stream.avail_out = most;
    while (zip->stream.avail_out > 0 && !zip->over) {
        int status;

        if (zip->stream.avail_in == 0 && !fill(source)) {
            errno = errno != 0 ? errno : EPIPE;
            break;
        }
        status = inflate(&zip->stream, Z_NO_FLUSH);
        if (status == Z_STREAM_END ? !next_member(source) : status != Z_OK) {
            errno = EILSEQ;
            break;
        }
    }
    zip->position += most - zip->stream.avail_out;
    if (zip->stream.avail_out > 0 && !zip->over && zip->stream.avail_out == most) {
        return -1;
    }
    return (ssize_t)(most - zip->stream.avail_out);
}

static ssize_t read_unpacked(struct filesource *source, void *to, size_t size, uint64_t position)
{
    struct gunzip *zip = source->unpacked;
    unsigned char skipped[8192];

    if (position < zip->position && !start_over(zip)) {
        errno = EILSEQ;
        return -1;
    }
    while (zip->position < position) {
        const uint64_t left = position - zip->position;
        ssize_t got = unpack(source, skipped, left < sizeof(skipped) ? (size_t)left : sizeof(skipped));

        if (got <= 0) {
            return got;
        }
    }
    return unpack(source, to, size);
}

ssize_t filesource_read(struct filesource *source, void *to, size_t size, uint64_t position)
{
    return source->unpacked != NULL ? read_unpacked(source, to, size, position)
                                    : read_plain(source->file, to, size, position);
}

void filesource_close(struct filesource *source)
{
    if (source->unpacked != NULL) {
        inflateEnd(&source->unpacked->stream);
        memory_release(source->budget, ZLIB_COST);
        memory_give(source->budget, source->unpacked, sizeof(*source->unpacked));
        source->unpacked = NULL;
    }
    if (source->file >= 0) {
        close(source->file);
        source->file = -1;
    }
}
