/* The parser of yamltree.h, on top of libyaml. */
#include "hostconfig/yamltree.h"

#include "base/text.h"
#include "hostconfig/yamlescape.h"
#include "hostconfig/yamlvariables.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* In MiB: of a configuration, which is read inside a host, and of rules, which the program reads. */
#define LARGEST_FILE  16
#define LARGEST_RULES 64

/* Bytes that may be scanned while tabs become spaces. */
#define MOST_SCANNED (64u << 20)

struct anchor {
    const char *name;
    struct node *node;
    char text[]; /* of the name; none where one is looked for */
};

struct reader {
    struct forest *forest;
    const struct yaml_file *file;
    struct yaml_escaped escaped; /* the text */
    yaml_parser_t parser;
    void *anchors; /* a search tree of struct anchor, by name */
    unsigned depth;
};

static struct node *read_node(struct reader *reader, yaml_event_t *event);

/* The next event, which the caller deletes. False: the text is no YAML. */
static bool next_event(struct reader *reader, yaml_event_t *event)
{
    const yaml_parser_t *parser = &reader->parser;
    size_t line;

    if (yaml_parser_parse(&reader->parser, event) != 0) {
        return true;
    }
    line = parser->problem_mark.line + 1;
    if (parser->error == YAML_READER_ERROR) { /* it knows only the byte */
        line = 1;
        for (size_t i = 0; i < parser->problem_offset && i < reader->escaped.length; i++) {
            line += reader->escaped.text[i] == '\n';
        }
    }
    if (parser->error != YAML_MEMORY_ERROR) {
        forest_give_reason(reader->forest, reader->file, line, parser->problem);
    }
    return false;
}

/* The sentence for a file that has more values than there is room for. */
static void give_no_room(const struct reader *reader, size_t line)
{
    forest_give_reason(reader->forest, reader->file, line,
                       reader->forest->rules
                           ? "the values of a file of rules may take 128 MiB, which is about a "
                             "million of them; make it several files"
                           : "too many values");
}

static int compare_anchors(const void *left, const void *right)
{
    return strcmp(((const struct anchor *)left)->name, ((const struct anchor *)right)->name);
}

/* A tree's nodes hold pointers to what was put into them. */
static struct anchor *anchor_in(void *const *tree_node)
{
    return tree_node != NULL ? *tree_node : NULL;
}

/* Keeps a node for aliases to its anchor; an anchor of that name before it counts no longer. */
static bool keep_anchor(struct reader *reader, const yaml_char_t *name, struct node *node)
{
    size_t size;
    struct anchor *anchor, *kept;

    if (name == NULL) {
        return true;
    }
    size = strlen((const char *)name) + 1;
    anchor = malloc(sizeof(*anchor) + size);
    if (anchor == NULL) {
        return false;
    }
    anchor->name = memcpy(anchor->text, name, size);
    kept = anchor_in(tsearch(anchor, &reader->anchors, compare_anchors));
    if (kept != anchor) {
        free(anchor);
    }
    if (kept != NULL) {
        kept->node = node;
    }
    return kept != NULL;
}

static struct node *find_anchor(const struct reader *reader, const yaml_char_t *name)
{
    const struct anchor wanted = {.name = (const char *)name};
    const struct anchor *anchor = anchor_in(tfind(&wanted, &reader->anchors, compare_anchors));

    return anchor != NULL ? anchor->node : NULL;
}

static void free_anchors(struct reader *reader)
{
    tdestroy(reader->anchors, free);
    reader->anchors = NULL;
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
    char *text = (char *)event->data.scalar.value;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct node *node;

    yaml_unescape(&reader->escaped, text);
    node = forest_node(reader->forest, plain && is_null_text(text) ? NODE_NULL : NODE_TEXT, reader->file,
                       line_of(event));
    if (node == NULL) {
        return NULL;
    }
    node->column = (unsigned)event->start_mark.column;
    node->quoted = !plain;
    node->text = text_copy(text);
    node->size = YAML_VALUE + (node->kind == NODE_TEXT ? strlen(text) : 0);
    reader->forest->size += node->size;
    return node->text != NULL && keep_anchor(reader, event->data.scalar.anchor, node) ? node : NULL;
}

static struct node *read_list(struct reader *reader, const yaml_event_t *begin)
{
    struct node *list = forest_node(reader->forest, NODE_LIST, reader->file, line_of(begin));
    bool good = list != NULL && keep_anchor(reader, begin->data.sequence_start.anchor, list);
    size_t size = YAML_VALUE;
    yaml_event_t event;

    reader->forest->size += size;
    while (good && next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        struct node *item = end ? NULL : read_node(reader, &event);

        yaml_event_delete(&event);
        if (end) {
            list->size = size;
            return list;
        }
        good = item != NULL && tree_append(list, NULL, item);
        size += good ? item->size : 0;
    }
    return NULL;
}

/* Parses a map; keys that are no texts are skipped. */
static struct node *read_map(struct reader *reader, const yaml_event_t *begin)
{
    struct node *map = forest_node(reader->forest, NODE_MAP, reader->file, line_of(begin));
    struct node *key = NULL;
    bool good = map != NULL && keep_anchor(reader, begin->data.mapping_start.anchor, map);
    size_t size = YAML_VALUE;
    yaml_event_t event;

    reader->forest->size += size;
    while (good && next_event(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        struct node *item = end ? NULL : read_node(reader, &event);

        yaml_event_delete(&event);
        if (end) {
            map->size = size;
            return map;
        }
        good = item != NULL;
        size += good ? item->size : 0;
        if (good && key != NULL) {
            good = key->text == NULL || tree_append(map, key->text, item);
            key = NULL;
        } else {
            key = item;
        }
    }
    return NULL;
}

/* The node that an alias stands for, which is looked at as often as it stands there. */
static struct node *read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct forest *forest = reader->forest;
    struct node *node = find_anchor(reader, event->data.alias.anchor);

    forest->count++;
    if (node == NULL) {
        forest_give_reason(forest, reader->file, line_of(event), "an alias without its anchor");
        return NULL;
    }
    if (forest->rules && node->size == 0) {
        forest_give_reason(forest, reader->file, line_of(event),
                           "an alias in what it stands for, which has no end");
        return NULL;
    }
    forest->size += node->size;
    return node;
}

/* Parses the node that `event` begins. NULL: no YAML, nested too deeply, too much, or out of memory. */
static struct node *read_node(struct reader *reader, yaml_event_t *event)
{
    const struct forest *forest = reader->forest;
    struct node *node = NULL;

    if (reader->depth == YAML_DEEPEST) {
        forest_give_reason(reader->forest, reader->file, line_of(event), "nested too deeply");
        return NULL;
    }
    if (!forest_has_room(forest)) {
        give_no_room(reader, line_of(event));
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
        node = read_alias(reader, event);
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: /* no node begins with these */
        break;
    }
    reader->depth--;
    if (forest->rules && forest->size > YAML_RULES) {
        give_no_room(reader, line_of(event));
        return NULL;
    }
    return node;
}

static struct node *read_document(struct reader *reader)
{
    struct node *root = NULL;
    yaml_event_t event;
    bool done = false;

    while (!done && next_event(reader, &event)) {
        done = event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT;
        if (event.type == YAML_STREAM_END_EVENT) { /* no document is an empty one */
            root = forest_node(reader->forest, NODE_NULL, reader->file, 1);
        } else if (done) {
            root = read_node(reader, &event);
        }
        yaml_event_delete(&event);
    }
    return root;
}

/* All documents: an anchor is known in its own one only. */
static struct node *read_documents(struct reader *reader)
{
    struct node *documents = forest_node(reader->forest, NODE_LIST, reader->file, 1);
    bool good = documents != NULL;
    yaml_event_t event;

    while (good && next_event(reader, &event)) {
        bool begins = event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT &&
                      event.type != YAML_DOCUMENT_END_EVENT;
        bool end = event.type == YAML_STREAM_END_EVENT;
        struct node *root = begins && !end ? read_node(reader, &event) : NULL;

        yaml_event_delete(&event);
        if (end) {
            return documents;
        }
        if (begins) {
            good = root != NULL && tree_append(documents, NULL, root);
            free_anchors(reader);
        }
    }
    return NULL;
}

/* Replaces the tabs at the beginning of a line by spaces. False: there are none. */
static bool replace_tabs(struct yaml_escaped *escaped, size_t line)
{
    char *at = escaped->text, *end = at + escaped->length;
    bool replaced = false;

    for (; line > 0 && at != NULL; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at != NULL ? at + 1 : NULL;
    }
    for (; at != NULL && at < end && (*at == ' ' || *at == '\t'); at++) {
        replaced = replaced || *at == '\t';
        *at = ' ';
    }
    return replaced;
}

/* Replaces tabs outside of values, which libyaml rejects and yaml-cpp takes for spaces. */
static void replace_stray_tabs(struct yaml_escaped *escaped)
{
    bool mended = memchr(escaped->text, '\t', escaped->length) != NULL;
    yaml_parser_t scanner;
    yaml_token_t token;

    for (size_t read = 0; mended && read < MOST_SCANNED; read += escaped->length) {
        bool done = yaml_parser_initialize(&scanner) == 0;

        if (done) {
            return;
        }
        yaml_parser_set_input_string(&scanner, (const unsigned char *)escaped->text, escaped->length);
        while (!done && yaml_parser_scan(&scanner, &token) != 0) {
            done = token.type == YAML_STREAM_END_TOKEN;
            yaml_token_delete(&token);
        }
        mended = !done && replace_tabs(escaped, scanner.problem_mark.line);
        yaml_parser_delete(&scanner);
    }
}

static struct node *parse(struct forest *forest, const char *text, size_t length,
                          const struct yaml_file *file, struct node *(*read)(struct reader *reader))
{
    struct reader reader = {.forest = forest, .file = file, .escaped = yaml_escape(text, length)};
    const size_t nul = yaml_nul_line(text, length);
    struct node *root;

    if (nul > 0 && file != NULL) {
        forest_give_reason(forest, file, nul, "has a NUL byte, which YAML does not allow");
    }
    if (nul > 0 || file == NULL || reader.escaped.text == NULL ||
        yaml_parser_initialize(&reader.parser) == 0) {
        free(reader.escaped.text);
        return NULL;
    }
    replace_stray_tabs(&reader.escaped);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.escaped.text,
                                 reader.escaped.length);
    root = read(&reader);
    yaml_parser_delete(&reader.parser);
    free(reader.escaped.text);
    free_anchors(&reader);
    return root;
}

struct node *tree_parse(struct forest *forest, const char *text, const struct yaml_file *file)
{
    return parse(forest, text, strlen(text), file, read_document);
}

/* Reads the whole file. NULL: it cannot be read, or is too large; the reason is kept. */
static char *read_whole(struct forest *forest, const char *path, const struct yaml_file *as, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t most = forest->rules ? LARGEST_RULES : LARGEST_FILE;
    struct stat status = {0};
    char *text = NULL;

    *length = 0;
    if (file < 0) {
        return NULL;
    }
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size <= most << 20) {
        text = malloc((size_t)status.st_size + 1);
    } else if (S_ISREG(status.st_mode)) {
        forest_give_reason(forest, as, 0, forest->rules ? "larger than 64 MiB" : "larger than 16 MiB");
    }
    while (text != NULL && *length < (size_t)status.st_size) {
        ssize_t got = read(file, text + *length, (size_t)status.st_size - *length);

        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            break;
        }
        *length += got > 0 ? (size_t)got : 0;
    }
    if (text != NULL) {
        text[*length] = '\0';
    }
    close(file);
    return text;
}

/* The file's name, and the absolute directory that it is in. */
static const struct yaml_file *file_of_path(struct forest *forest, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    int length = slash != NULL ? (int)(slash - path) : 0;
    char *directory;
    const struct yaml_file *file;

    if (path[0] == '/') {
        directory = text_format("%.*s", length > 0 ? length : 1, path);
    } else {
        directory = text_format("%s%s%.*s", forest->directory, length > 0 ? "/" : "", length, path);
    }
    file = directory != NULL ? forest_file(forest, name, directory) : NULL;
    free(directory);
    return file;
}

static struct node *read_file(struct forest *forest, const char *path, const struct yaml_file *file,
                              struct node *(*read)(struct reader *reader))
{
    size_t length = 0;
    char *text = file != NULL ? read_whole(forest, path, file, &length) : NULL;
    struct node *root = text != NULL ? parse(forest, text, length, file, read) : NULL;

    free(text);
    return root;
}

struct node *tree_read(struct forest *forest, const char *path, bool variables)
{
    const struct yaml_file *file = file_of_path(forest, path);
    struct node *root = read_file(forest, path, file, read_document);

    if (root != NULL && variables && !yaml_replace_variables(forest, file)) {
        return NULL;
    }
    return root;
}

struct node *tree_read_documents(struct forest *forest, const char *path)
{
    return read_file(forest, path, file_of_path(forest, path), read_documents);
}
