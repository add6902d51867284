#include "state/slotlayout.h"

#include "base/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char magic[16] = "lure state 1\n";

/* The first page of a file. */
struct header {
    char magic[16];
    uint64_t slot_size;
    uint64_t checksum; /* of the page, where this is 0 */
    char identity[SLOT_PAGE - 32];
};

static off_t slot_offset(size_t slot_size, unsigned slot)
{
    return (off_t)(SLOT_PAGE + slot * slot_size);
}

size_t slot_size_for(size_t content)
{
    return (sizeof(struct slot_head) + content + SLOT_PAGE - 1) / SLOT_PAGE * SLOT_PAGE;
}

static struct header header_for(const char *identity, size_t slot_size)
{
    struct header header = {.slot_size = slot_size};

    memcpy(header.magic, magic, sizeof(magic));
    strncpy(header.identity, identity, sizeof(header.identity) - 1);
    header.checksum = hash_bytes(HASH_BASIS, &header, sizeof(header));
    return header;
}

static uint64_t checksum_of(const struct slot_head *head, const void *content)
{
    return hash_bytes(hash_bytes(HASH_BASIS, head, offsetof(struct slot_head, checksum)), content,
                      head->size);
}

static bool write_all(int file, const void *bytes, size_t size, off_t offset)
{
    while (size > 0) {
        ssize_t written = pwrite(file, bytes, size, offset);

        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes = (const char *)bytes + written;
            size -= (size_t)written;
            offset += written;
        }
    }
    return true;
}

bool slots_write(int file, size_t slot_size, unsigned slot, uint64_t sequence, const void *content,
                 size_t size)
{
    struct slot_head head = {.sequence = sequence, .size = size};
    struct iovec parts[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)content, size}};
    off_t offset = slot_offset(slot_size, slot);
    ssize_t written;

    head.checksum = checksum_of(&head, content);
    written = pwritev(file, parts, size > 0 ? 2 : 1, offset);
    if (written == (ssize_t)(sizeof(head) + size)) {
        return true;
    }
    /* interrupted, or in parts: the rest, or the error, comes now */
    return write_all(file, &head, sizeof(head), offset) &&
           write_all(file, content, size, offset + (off_t)sizeof(head));
}

bool slots_write_new(int file, const char *identity, size_t slot_size, uint64_t sequence, const void *content,
                     size_t size)
{
    static const char nothing[SLOT_PAGE];
    const struct header header = header_for(identity, slot_size);
    const off_t end = slot_offset(slot_size, SLOT_COUNT);

    for (off_t offset = (off_t)SLOT_PAGE; offset < end; offset += (off_t)SLOT_PAGE) {
        if (!write_all(file, nothing, SLOT_PAGE,
                       offset)) { /* so that later writes find their room on the disk */
            return false;
        }
    }
    return slots_write(file, slot_size, 0, sequence, content, size) &&
           write_all(file, &header, sizeof(header), 0);
}

/* Reads exactly so many bytes. */
static bool read_all(int file, void *to, size_t size, off_t offset)
{
    ssize_t got;

    do {
        got = pread(file, to, size, offset);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) {
        errno = 0;
    }
    return got == (ssize_t)size;
}

/* True if the content of the slot is what its head says. */
static bool slot_is_valid(int file, size_t slot_size, unsigned slot, const struct slot_head *head)
{
    off_t offset = slot_offset(slot_size, slot) + (off_t)sizeof(*head);
    uint64_t hash = hash_bytes(HASH_BASIS, head, offsetof(struct slot_head, checksum));
    char part[SLOT_PAGE];

    for (size_t left = head->size; left > 0;) {
        size_t size = left < sizeof(part) ? left : sizeof(part);

        if (!read_all(file, part, size, offset)) {
            return false;
        }
        hash = hash_bytes(hash, part, size);
        offset += (off_t)size;
        left -= size;
    }
    return hash == head->checksum;
}

bool slots_read(int file, const char *identity, size_t most, struct slots_found *found)
{
    struct header header, expected;
    struct stat status;
    bool any = false;

    *found = (struct slots_found){0};
    if (fstat(file, &status) != 0 || !read_all(file, &header, sizeof(header), 0)) {
        return false;
    }
    expected = header_for(identity, header.slot_size);
    if (memcmp(&header, &expected, sizeof(header)) != 0 || header.slot_size % SLOT_PAGE != 0 ||
        header.slot_size == 0 || header.slot_size > slot_size_for(most) ||
        status.st_size < slot_offset(header.slot_size, SLOT_COUNT)) {
        return false;
    }
    found->slot_size = header.slot_size;
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
        struct slot_head head;

        if (!read_all(file, &head, sizeof(head), slot_offset(header.slot_size, slot))) {
            return false;
        }
        if (head.sequence == 0 || head.size > header.slot_size - sizeof(head) ||
            !slot_is_valid(file, header.slot_size, slot, &head)) {
            continue;
        }
        found->sequences[slot] = head.sequence;
        if (!any || head.sequence > found->sequences[found->newest]) {
            any = true;
            found->newest = slot;
            found->size = head.size;
        }
    }
    return any;
}

bool slots_read_content(int file, const struct slots_found *found, void *to)
{
    return read_all(file, to, found->size,
                    slot_offset(found->slot_size, found->newest) + (off_t)sizeof(struct slot_head));
}
