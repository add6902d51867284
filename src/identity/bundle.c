#include "identity/bundle.h"

#include "script/text.h"

#include <stdint.h>
#include <string.h>

struct bundle_head {
    char magic[8];
    uint64_t length; /* of what stands behind the head */
};

/* volatile: `lure pack` changes what the compiler sees here */
static const volatile struct bundle_head head
    __attribute__((section(".lure_bundle"), used)) = {"LUREPACK", 0};

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

static bool take_text(struct cursor *cursor, struct source_text *text)
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
static bool take_file(struct cursor *cursor, struct source_text *module, struct source_text *name,
                      struct source_text *text)
{
    return take_length(cursor, &module->length) && take_length(cursor, &name->length) &&
           take_length(cursor, &text->length) && take_text(cursor, module) && take_text(cursor, name) &&
           take_text(cursor, text);
}

bool bundle_exists(void)
{
    return head.length > 0;
}

struct source *bundle_read(char **problem)
{
    struct cursor cursor = {(const char *)(&head + 1), (size_t)head.length};
    struct source_text module, name, text;
    struct source *script = NULL;

    *problem = NULL;
    while (cursor.left > 0) {
        if (!take_file(&cursor, &module, &name, &text)) {
            *problem = text_format("the script packed in this library is damaged; pack it again");
        } else if (script == NULL) {
            script = source_packed(name, text);
        }
        if (*problem != NULL || script == NULL ||
            (module.length > 0 && !source_pack(script, module, name, text))) {
            source_release(script);
            return NULL;
        }
    }
    return script;
}
