/*
 * yaml: any text as a YAML file (hostconfig/yamltree.h), and what hosts make of it as JSON (initconfig.h).
 *
 *  - Lines are lines of the text, and no tree is larger than it may be.
 *  - A short tree that is printed as JSON, which is YAML, is read as the same tree.
 *  - What it is converted to is JSON that reads back as the same.
 */
#include "hostconfig/initconfig.h"
#include "hostconfig/yamltree.h"
#include "input.h"
#include "json/cjson_parse.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_PRINTED 100u /* libyaml takes no keys beyond 1024 bytes, and an escaped byte is up to ten */

static _Noreturn void fail(const char *what, const char *text)
{
    fprintf(stderr, "yaml: %s: %s\n", what, text);
    abort();
}

static cJSON *json_of(struct forest *forest, const char *text)
{
    const struct yaml_file *file = forest_file(forest, "fuzz.yaml", "/");
    const struct node *root = tree_parse(forest, text, file);
    size_t left = 1u << 20;

    return root != NULL ? tree_to_json(root, &left) : NULL;
}

/* All texts as quoted ones. */
static void quote(cJSON *written)
{
    cJSON *item;

    if (cJSON_IsRaw(written)) {
        written->type = cJSON_String | (written->type & ~0xFF);
    }
    cJSON_ArrayForEach(item, written)
    {
        quote(item);
    }
}

static void check_lines(const struct forest *forest, const char *text)
{
    unsigned lines = 2; /* what ends with a line break ends on the next one */

    for (const char *at = text; *at != '\0'; at++) {
        lines += *at == '\n' || *at == '\r';
    }
    if (forest->count > YAML_MOST + 1) {
        fail("too many values", text);
    }
    for (const struct node *node = forest->nodes; node != NULL; node = node->next) {
        if (node->line == 0 || node->line > lines) {
            fail("a line behind the end", text);
        }
    }
}

static void check_printed(cJSON *written, const char *text)
{
    struct forest forest = {.directory = "/"};
    char *printed, *again = NULL;
    cJSON *read;

    quote(written);
    printed = cJSON_PrintUnformatted(written);
    if (printed != NULL && strlen(printed) <= MOST_PRINTED) {
        read = json_of(&forest, printed);
        if (read != NULL) {
            quote(read);
            again = cJSON_PrintUnformatted(read);
        }
        if (again == NULL || strcmp(printed, again) != 0) {
            fprintf(stderr, "%s\n%s\n%s\n", printed, again != NULL ? again : "",
                    forest.fault != NULL ? forest.fault : "");
            fail("its JSON is another tree", text);
        }
        cJSON_free(again);
        cJSON_Delete(read);
    }
    cJSON_free(printed);
    forest_free(&forest);
}

static void check_converted(const cJSON *written, const char *text)
{
    cJSON *given = init_config_converted(written), *again;
    char *printed = given != NULL ? cJSON_PrintUnformatted(given) : NULL;

    again = printed != NULL ? json_parse(printed, NULL) : NULL;
    if (again == NULL) {
        fail("it is converted to no JSON", text);
    }
    cJSON_Delete(again);
    cJSON_free(printed);
    cJSON_Delete(given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct forest forest = {.directory = "/"};
    cJSON *written;
    char *text;

    input_begin(data, size);
    text = input_text();
    if (strstr(text, "ZZZZZZZZ") !=
        NULL) { /* hostconfig/yamlescape.h has no mark then: libyaml reads it in its own way */
        free(text);
        return 0;
    }
    written = json_of(&forest, text);
    check_lines(&forest, text);
    if (written != NULL) {
        check_converted(written, text);
        check_printed(written, text);
    }
    cJSON_Delete(written);
    forest_free(&forest);
    free(text);
    return 0;
}
