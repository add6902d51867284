#include "compress/packer.h"

#include <stdint.h>

#define WINDOW_BITS  15
#define GZIP_BITS    16 /* on top: with gzip's header */
#define MEMORY_LEVEL 8

static bool begin(struct packer *packer, enum packer_format format, const char *bytes, size_t length,
                  struct memory_budget *budget)
{
    *packer = (struct packer){
        .format = format, .at = bytes, .end = bytes + length, .heap = libraryheap_open(budget)};
    packer->stream.zalloc = libraryheap_zalloc;
    packer->stream.zfree = libraryheap_zfree;
    packer->stream.opaque = packer->heap;
    return packer->heap != NULL;
}

/* zlib is not open. */
static bool give_up(struct packer *packer)
{
    if (packer->heap != NULL) {
        libraryheap_close(packer->heap);
        packer->heap = NULL;
    }
    return false;
}

static int bits_of(enum packer_format format)
{
    return WINDOW_BITS + (format == PACKER_GZIP ? GZIP_BITS : 0);
}

bool packer_open(struct packer *packer, enum packer_format format, int level, const char *bytes,
                 size_t length, struct memory_budget *budget)
{
    if (!begin(packer, format, bytes, length, budget) ||
        deflateInit2(&packer->stream, level, Z_DEFLATED, bits_of(format), MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
            Z_OK) {
        return give_up(packer);
    }
    return true;
}

bool unpacker_open(struct packer *packer, enum packer_format format, const char *bytes, size_t length,
                   struct memory_budget *budget)
{
    if (!begin(packer, format, bytes, length, budget) ||
        inflateInit2(&packer->stream, bits_of(format)) != Z_OK) {
        return give_up(packer);
    }
    packer->unpacks = true;
    return true;
}

void packer_close(struct packer *packer)
{
    if (packer->heap == NULL) {
        return;
    }
    if (packer->unpacks) {
        inflateEnd(&packer->stream);
    } else {
        deflateEnd(&packer->stream);
    }
    give_up(packer);
}

/* Gives zlib more of the input, if it has none. */
static void feed(struct packer *packer)
{
    size_t left = (size_t)(packer->end - packer->at);

    if (packer->stream.avail_in == 0) {
        left = left < PACKER_STEP ? left : PACKER_STEP;
        packer->stream.next_in = (Bytef *)(uintptr_t)packer->at;
        packer->stream.avail_in = (uInt)left;
        packer->at += left;
    }
}

/* Behind the end of a member. PACKER_MORE: another one begins. */
static enum packer_result look_behind(struct packer *packer)
{
    const Bytef *next = packer->stream.next_in;

    if (packer->stream.avail_in == 0) {
        return PACKER_DONE;
    }
    if (packer->format == PACKER_GZIP && *next == 0x1f) {
        packer->ended = false;
        return inflateReset(&packer->stream) == Z_OK ? PACKER_MORE : PACKER_BROKEN;
    }
    for (uInt i = 0; i < packer->stream.avail_in; i++) {
        if (packer->format != PACKER_GZIP || next[i] != 0) {
            return PACKER_BEHIND;
        }
    }
    packer->stream.avail_in = 0; /* gzip's padding; more may come */
    return PACKER_MORE;
}

static enum packer_result unpack(struct packer *packer)
{
    int status;

    if (packer->ended) {
        return look_behind(packer);
    }
    if (packer->stream.avail_in == 0) {
        return PACKER_CUT;
    }
    status = inflate(&packer->stream, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        packer->ended = true;
        return PACKER_MORE;
    }
    if (status == Z_MEM_ERROR) {
        return PACKER_MEMORY;
    }
    return status == Z_OK || status == Z_BUF_ERROR ? PACKER_MORE : PACKER_BROKEN;
}

static enum packer_result pack(struct packer *packer)
{
    const int status = deflate(&packer->stream, packer->at == packer->end ? Z_FINISH : Z_NO_FLUSH);

    if (status == Z_STREAM_END) {
        return PACKER_DONE;
    }
    return status == Z_OK || status == Z_BUF_ERROR ? PACKER_MORE : PACKER_BROKEN;
}

enum packer_result packer_step(struct packer *packer, char *to, size_t size, size_t *written)
{
    const uInt room = (uInt)(size < PACKER_STEP ? size : PACKER_STEP);
    enum packer_result result;

    feed(packer);
    packer->stream.next_out = (Bytef *)to;
    packer->stream.avail_out = room;
    result = packer->unpacks ? unpack(packer) : pack(packer);
    *written = room - packer->stream.avail_out;
    return result;
}
