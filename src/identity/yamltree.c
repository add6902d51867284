#include "identity/yamltree.h"

#include "script/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#define LARGEST_FILE (16 * 1024 * 1024)
#define MOST_NODES   1000000
#define DEEPEST      200

void node_clear(struct node *node)
{
    for (size_t i = 0; node->keys != NULL && i < node->count; i++) {
        free(node->keys[i]);
    }
    free(node->keys);
    free(node->children);
    free(node->text);
    node->keys = NULL;
    node->children = NULL;
    node->text = NULL;
    node->count = node->room = 0;
    node->kind = NODE_NULL;
}

void forest_free(struct forest *forest)
{
    while (forest->nodes != NULL) {
        struct node *node = forest->nodes;

        forest->nodes = node->next;
        node_clear(node);
        free(node);
    }
    while (forest->files != NULL) {
        struct yaml_file *file = forest->files;

        forest->files = file->next;
        free(file->name);
        free(file->folder);
        free(file);
    }
}

const struct yaml_file *forest_file(struct forest *forest, const char *name, const char *folder)
{
    struct yaml_file *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    file->next = forest->files;
    forest->files = file;
    file->name = text_copy(name);
    file->folder = text_copy(folder);
    return file->name != NULL && file->folder != NULL ? file : NULL;
}

struct node *forest_node(struct forest *forest, enum node_kind kind, const struct yaml_file *file,
                         unsigned line)
{
    struct node *node = forest->count < MOST_NODES ? calloc(1, sizeof(*node)) : NULL;

    if (node == NULL) {
        return NULL;
    }
    node->kind = kind;
    node->file = file;
    node->line = line;
    node->next = forest->nodes;
    forest->nodes = node;
    forest->count++;
    return node;
}

struct node *tree_get(const struct node *node, const char *key)
{
    for (size_t i = 0; node != NULL && node->kind == NODE_MAP && i < node->count; i++) {
        if (strcmp(node->keys[i], key) == 0) {
            return node->children[i];
        }
    }
    return NULL;
}

const char *tree_text(const struct node *node)
{
    return node != NULL && node->kind == NODE_TEXT ? node->text : NULL;
}

static bool make_room(struct node *node)
{
    size_t room = node->room == 0 ? 8 : 2 * node->room;
    struct node **children;
    char **keys;

    if (node->count < node->room) {
        return true;
    }
    children = realloc(node->children, room * sizeof(*children));
    if (children == NULL) {
        return false;
    }
    node->children = children;
    if (node->kind == NODE_MAP) {
        keys = realloc(node->keys, room * sizeof(*keys));
        if (keys == NULL) {
            return false;
        }
        node->keys = keys;
    }
    node->room = room;
    return true;
}

/* Adds at the end; an equal key may be there already. */
static bool append(struct node *parent, const char *key, struct node *child)
{
    if (!make_room(parent)) {
        return false;
    }
    if (parent->kind == NODE_MAP) {
        parent->keys[parent->count] = text_copy(key);
        if (parent->keys[parent->count] == NULL) {
            return false;
        }
    }
    parent->children[parent->count++] = child;
    return true;
}

bool tree_set(struct node *parent, const char *key, struct node *child)
{
    for (size_t i = 0; key != NULL && i < parent->count; i++) {
        if (strcmp(parent->keys[i], key) == 0) {
            parent->children[i] = child;
            return true;
        }
    }
    return append(parent, key, child);
}

/* ---- reading ---- */

struct anchor {
    struct anchor *next;
    char *name;
    struct node *node;
};

struct reader {
    struct forest *forest;
    const struct yaml_file *file;
    yaml_parser_t parser;
    struct anchor *anchors;
    unsigned depth;
};

static struct node *read_node(struct reader *reader, yaml_event_t *event);

/* The next event, which the caller deletes. False: the text is no YAML. */
static bool next_event(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) != 0;
}

/* Remembers a node that an alias may name. */
static bool remember(struct reader *reader, const yaml_char_t *name, struct node *node)
{
    struct anchor *anchor;

    if (name == NULL) {
        return true;
    }
    anchor = calloc(1, sizeof(*anchor));
    if (anchor == NULL) {
        return false;
    }
    anchor->next = reader->anchors;
    anchor->name = text_copy((const char *)name);
    anchor->node = node;
    reader->anchors = anchor;
    return anchor->name != NULL;
}

static struct node *recall(const struct reader *reader, const yaml_char_t *name)
{
    for (const struct anchor *anchor = reader->anchors; anchor != NULL; anchor = anchor->next) {
        if (anchor->name != NULL && strcmp(anchor->name, (const char *)name) == 0) {
            return anchor->node;
        }
    }
    return NULL;
}

static unsigned line_of(const yaml_event_t *event)
{
    return (unsigned)event->start_mark.line + 1;
}

static bool is_null_text(const char *text)
{
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
           strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0;
}

static struct node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct node *node = forest_node(reader->forest, plain && is_null_text(text) ? NODE_NULL : NODE_TEXT,
                                    reader->file, line_of(event));

    if (node == NULL) {
        return NULL;
    }
    node->text = text_copy(text);
    return node->text != NULL && remember(reader, event->data.scalar.anchor, node) ? node : NULL;
}

static struct node *read_list(struct reader *reader, const yaml_event_t *begin)
{
    struct node *list = forest_node(reader->forest, NODE_LIST, reader->file, line_of(begin));
    bool good = list != NULL && remember(reader, begin->data.sequence_start.anchor, list);
    yaml_event_t event;

    while (good && next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        struct node *item = end ? NULL : read_node(reader, &event);

        yaml_event_delete(&event);
        if (end) {
            return list;
        }
        good = item != NULL && append(list, NULL, item);
    }
    return NULL;
}

/* Keys that are no texts are read, and left out. */
static struct node *read_map(struct reader *reader, const yaml_event_t *begin)
{
    struct node *map = forest_node(reader->forest, NODE_MAP, reader->file, line_of(begin));
    struct node *key = NULL;
    bool good = map != NULL && remember(reader, begin->data.mapping_start.anchor, map);
    yaml_event_t event;

    while (good && next_event(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        struct node *item = end ? NULL : read_node(reader, &event);

        yaml_event_delete(&event);
        if (end) {
            return map;
        }
        good = item != NULL;
        if (good && key != NULL) {
            good = key->text == NULL || append(map, key->text, item);
            key = NULL;
        } else {
            key = item;
        }
    }
    return NULL;
}

/* The node that `event` begins. NULL: no YAML, nested too deeply, or out of memory. */
static struct node *read_node(struct reader *reader, yaml_event_t *event)
{
    struct node *node = NULL;

    if (reader->depth == DEEPEST) {
        return NULL;
    }
    reader->depth++;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node = read_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node = read_list(reader, event);
        break;
    case YAML_MAPPING_START_EVENT:
        node = read_map(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        node = recall(reader, event->data.alias.anchor);
        break;
    default:
        break;
    }
    reader->depth--;
    return node;
}

static struct node *read_document(struct reader *reader)
{
    struct node *root = NULL;
    yaml_event_t event;
    bool done = false;

    while (!done && next_event(reader, &event)) {
        bool begins = event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT;

        if (!begins) {
            root = read_node(reader, &event);
            done = true;
        }
        yaml_event_delete(&event);
    }
    return root;
}

struct node *tree_parse(struct forest *forest, const char *text, const struct yaml_file *file)
{
    struct reader reader = {.forest = forest, .file = file};
    struct node *root;

    if (file == NULL || yaml_parser_initialize(&reader.parser) == 0) {
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, strlen(text));
    root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    while (reader.anchors != NULL) {
        struct anchor *anchor = reader.anchors;

        reader.anchors = anchor->next;
        free(anchor->name);
        free(anchor);
    }
    return root;
}

/* The whole file with a NUL behind it. NULL: it cannot be read. */
static char *read_whole(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    size_t used = 0;
    char *text = NULL;

    if (file < 0) {
        return NULL;
    }
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= LARGEST_FILE) {
        text = malloc((size_t)status.st_size + 1);
    }
    while (text != NULL && used < (size_t)status.st_size) {
        ssize_t got = read(file, text + used, (size_t)status.st_size - used);

        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            break;
        }
        used += got > 0 ? (size_t)got : 0;
    }
    if (text != NULL) {
        text[used] = '\0';
    }
    close(file);
    return text;
}

/* ---- variables ---- */

/* Replaces `text[from, from + length)` by `by`, in a new text. */
static char *replace_part(char *text, size_t from, size_t length, const char *by)
{
    char *joined = text_format("%.*s%s%s", (int)from, text, by, text + from + length);

    free(text);
    return joined;
}

/* "${NAME}" becomes the variable's value, or nothing; "$${x}" becomes "${x}". NULL: out of memory. */
static char *replace_variables(char *text)
{
    size_t at = 0;

    while (text != NULL && text[at += strcspn(text + at, "$")] != '\0') {
        bool escaped = strncmp(text + at, "$${", 3) == 0;
        const char *close = strchr(text + at, '}');
        char *name;

        if (!escaped && text[at + 1] != '{') {
            return text; /* as Falco does: behind a lone "$" nothing is replaced */
        }
        if (close == NULL) {
            return text;
        }
        if (escaped) {
            text = replace_part(text, at, 1, "");
            at++;
            continue;
        }
        name = strndup(text + at + 2, (size_t)(close - text) - at - 2);
        if (name == NULL) {
            free(text);
            return NULL;
        }
        text = replace_part(text, at, strlen(name) + 3, getenv(name) != NULL ? getenv(name) : "");
        free(name);
    }
    return text;
}

/* In all values of this file; keys stay as they are. False: out of memory. */
static bool replace_all(const struct forest *forest, const struct yaml_file *file)
{
    for (struct node *node = forest->nodes; node != NULL; node = node->next) {
        if (node->file == file && node->text != NULL) {
            node->text = replace_variables(node->text);
            if (node->text == NULL) {
                return false;
            }
        }
    }
    return true;
}

/* The file's name, and the absolute folder that it is in. */
static const struct yaml_file *file_of_path(struct forest *forest, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    int length = slash != NULL ? (int)(slash - path) : 0;
    char *folder;
    const struct yaml_file *file;

    if (path[0] == '/') {
        folder = text_format("%.*s", length > 0 ? length : 1, path);
    } else {
        folder = text_format("%s%s%.*s", forest->directory, length > 0 ? "/" : "", length, path);
    }
    file = folder != NULL ? forest_file(forest, name, folder) : NULL;
    free(folder);
    return file;
}

struct node *tree_read(struct forest *forest, const char *path, bool variables)
{
    const struct yaml_file *file = file_of_path(forest, path);
    char *text = file != NULL ? read_whole(path) : NULL;
    struct node *root = text != NULL ? tree_parse(forest, text, file) : NULL;

    free(text);
    if (root != NULL && variables && !replace_all(forest, file)) {
        return NULL;
    }
    return root;
}

/* ---- as JSON ---- */

static cJSON *text_to_json(const char *text)
{
    static const char *const yes[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                      "True", "TRUE", "on",  "On",  "ON",  NULL};
    static const char *const no[] = {"n",     "N",     "no",  "No",  "NO",  "false",
                                     "False", "FALSE", "off", "Off", "OFF", NULL};
    char *end;
    double number = strtod(text, &end);

    if (end != text && *end == '\0' && strpbrk(text, "xXpP \t") == NULL) {
        return cJSON_CreateNumber(number);
    }
    for (size_t i = 0; yes[i] != NULL; i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            return cJSON_CreateBool(strcmp(text, yes[i]) == 0);
        }
    }
    return cJSON_CreateString(text);
}

/* Aliases can make a tree far larger than its file: `left` bounds it. */
static cJSON *to_json(const struct node *node, unsigned depth, size_t *left)
{
    cJSON *json, *item;

    if (depth > DEEPEST || (*left)-- == 0) {
        return NULL;
    }
    if (node->kind == NODE_NULL) {
        return cJSON_CreateNull();
    }
    if (node->kind == NODE_TEXT) {
        return text_to_json(node->text);
    }
    json = node->kind == NODE_LIST ? cJSON_CreateArray() : cJSON_CreateObject();
    for (size_t i = 0; json != NULL && i < node->count; i++) {
        item = to_json(node->children[i], depth + 1, left);
        if (item == NULL || !(node->kind == NODE_LIST ? cJSON_AddItemToArray(json, item)
                                                      : cJSON_AddItemToObject(json, node->keys[i], item))) {
            cJSON_Delete(item);
            cJSON_Delete(json);
            return NULL;
        }
    }
    return json;
}

cJSON *tree_to_json(const struct node *node)
{
    size_t left = 100000;

    return to_json(node, 0, &left);
}
