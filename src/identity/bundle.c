#include "identity/bundle.h"

#include "base/hash.h"
#include "base/text.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "LUREPACK"

#define SMALLEST_PAGE 4096u

struct bundle_head {
    char magic[8];
    uint64_t length; /* of what stands behind the head */
    uint64_t checksum;
};

/* Where nothing is packed the segment ends with the head: no bytes of clang's AddressSanitizer behind it. */
#ifdef __clang__
#define EXACT no_sanitize("address")
#else
#define EXACT
#endif

/* volatile: `lure pack` changes what the compiler sees here */
static const volatile struct bundle_head head
    __attribute__((section(".lure_bundle"), used, EXACT)) = {MAGIC, 0, HASH_BASIS};

/* What is left to read. */
struct cursor {
    const char *at;
    size_t left;
};

static bool take_length(struct cursor *cursor, size_t *length)
{
    uint32_t number;

    if (cursor->left < sizeof(number)) {
        return false;
    }
    memcpy(&number, cursor->at, sizeof(number));
    *length = number;
    cursor->at += sizeof(number);
    cursor->left -= sizeof(number);
    return true;
}

static bool take_text(struct cursor *cursor, struct script_text *text)
{
    if (cursor->left < text->length) {
        return false;
    }
    text->text = cursor->at;
    cursor->at += text->length;
    cursor->left -= text->length;
    return true;
}

/* One packed file. False: the bundle is damaged. */
static bool take_file(struct cursor *cursor, struct script_text *module, struct script_text *name,
                      struct script_text *text)
{
    return take_length(cursor, &module->length) && take_length(cursor, &name->length) &&
           take_length(cursor, &text->length) && take_text(cursor, module) && take_text(cursor, name) &&
           take_text(cursor, text);
}

/* ---- the segment ---- */

/* dl_iterate_phdr's: finds what stands from the head to the end of its segment. */
static int find_segment(struct dl_phdr_info *object, size_t size, void *found)
{
    struct cursor *segment = found;
    uintptr_t here = (uintptr_t)&head;

    (void)size;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        uintptr_t begin = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
        uintptr_t end = begin + object->dlpi_phdr[i].p_memsz;

        if (object->dlpi_phdr[i].p_type == PT_LOAD && here >= begin && here < end) {
            *segment = (struct cursor){(const char *)here, end - here};
            return 1;
        }
    }
    return 0;
}

/* The head, and all that could be packed behind it. */
static struct cursor own_segment(void)
{
    struct cursor segment = {(const char *)&head, sizeof(head)};

    dl_iterate_phdr(find_segment, &segment);
    return segment;
}

/* True if each page can be read. Of a file that was cut short pages are missing: reading one there would end
 * the process, writing it to a pipe only fails. */
static bool is_readable(struct cursor part)
{
    const char *page = part.at;
    bool readable = true;
    char byte;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return true;
    }
    while (readable && page < part.at + part.left) {
        readable = write(ends[1], page, 1) == 1 && read(ends[0], &byte, 1) == 1;
        page = (const char *)(((uintptr_t)page / SMALLEST_PAGE + 1) * SMALLEST_PAGE);
    }
    close(ends[0]);
    close(ends[1]);
    return readable;
}

/* Leaves the files in `segment`. False: the bundle is damaged. */
static bool take_head(struct cursor *segment)
{
    struct bundle_head own;

    if (!is_readable(*segment)) {
        return false;
    }
    memcpy(&own, segment->at, sizeof(own));
    segment->at += sizeof(own);
    segment->left -= sizeof(own);
    return memcmp(own.magic, MAGIC, sizeof(own.magic)) == 0 && own.length == segment->left &&
           own.checksum == hash_bytes(HASH_BASIS, segment->at, segment->left);
}

/* ---- reading ---- */

bool bundle_exists(void)
{
    return own_segment().left > sizeof(head);
}

/* Reads all files. False: the bundle is damaged. NULL in `*script` with true: out of memory. */
static bool take_files(struct cursor cursor, struct script_source **script)
{
    struct script_text module, name, text;

    *script = NULL;
    while (cursor.left > 0) {
        if (!take_file(&cursor, &module, &name, &text)) {
            return false;
        }
        if (*script == NULL) {
            *script = script_source_packed(name, text);
        } else if (!script_source_pack(*script, module, name, text)) {
            script_source_release(*script);
            *script = NULL;
        }
        if (*script == NULL) {
            return true;
        }
    }
    return *script != NULL;
}

struct script_source *bundle_read(char **problem)
{
    struct cursor segment = own_segment();
    struct script_source *script = NULL;

    *problem = NULL;
    if (!take_head(&segment) || !take_files(segment, &script)) {
        *problem = text_format("the script packed in this library is damaged: its file was cut short or "
                               "changed; pack it again, or copy it again");
        script_source_release(script);
        return NULL;
    }
    return script;
}
