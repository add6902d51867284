/*
 * json_paths: checks the path scan against a strict parser, on any text.
 *
 *  - Every kernel skips as the simplest loop does.
 *  - All paths in one tree find what each finds alone, with every kernel, and all kernels the same.
 *  - So they do in trees with a predictor (pathpredictor.h) that was trained by all texts before, however
 * often the same text is scanned.
 *  - A search for one key after the other (jsonlookup) finds what a path does.
 *  - Where a path finds no value there is a reason (pathreason).
 *  - What fields declare beside pointers (alternatives, conditions, defaults, join, keys) finds the same in a
 *    tree with a predictor and alone.
 *  - Of a text that the strict decoder (lure.json.decode) takes, paths find the values that it has, and the
 *    integers among them, and so does a document (lure.json.parse).
 *
 * The text stands right before memory that may not be read, or right behind such.
 */
#include "event/fieldtypes.h"
#include "input.h"
#include "json/jsoncell.h"
#include "json/jsonlookup.h"
#include "json/pathreason.h"
#include "json/paths.h"
#include "jsontext.h"
#include "modules/json.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST_BYTES (1u << 20)

/* The paths that are evaluated on every text; those of one row are alternatives. */
static const char *const cases[][2] = {
    {""},
    {"/"},
    {"/a"},
    {"/b"},
    {"/0"},
    {"/1"},
    {"/*"},
    {"/a/b"},
    {"/a/b/c"},
    {"/b/a"},
    {"/a/0"},
    {"/a/2"},
    {"/0/0"},
    {"/0/a"},
    {"/*/*"},
    {"/a/*"},
    {"/*/a"},
    {"/*/0"},
    {"/a/*/b"},
    {"/a/*/*"},
    {"/a~1b"},
    {"/k\"q"},
    {"/\xC3\xA4"},
    {"/c", "/a"},
    {"/a/x", "/*/b"},
    {"/verb"},
    {"/user/username"},
    {"/annotations/authorization.k8s.io~1decision"},
    {"/requestObject/spec/containers/0/image"},
    {"/requestObject/spec/containers/*/ports/*/containerPort"},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* Conditions, of texts that random documents have. */
static char *some_texts[] = {"a", "1", "true", ""}, *one_text[] = {"b"};
static struct path_condition conditions[] = {
    {"a", some_texts, 4}, {"/b", one_text, 1}, {"b/0", some_texts, 4}};

/* What fields declare beside their pointers. */
static struct declared {
    char *patterns[2];
    size_t conditions;
    char *fallback;
    struct paths_request request; /* without its type */
} declared[] = {
    {{"/{a,b}"}, 0, NULL, {.null = "\"null\""}},
    {{"/{a,b}/{c,0}"}, 0, "/b", {.fallback = "\"?\""}},
    {{"/*/{a,b,0}"}, 0, NULL, {.list = true, .fallback = "7"}},
    {{"/*/{a,b}", "/{a,b}"}, 0, "/a", {.list = true, .all = true, .null = "0"}},
    {{"/a/*/{b,a}"}, 0, "/b", {.list = true, .join = ","}},
    {{"/a/*/*"}, 1, NULL, {.list = true, .fallback = "\"?\""}},
    {{"/*/b"}, 2, "/a", {.list = true, .all = true}},
    {{"/*/{c,b}", "/a"}, 3, NULL, {.join = " "}},
    {{"/a/b"}, 1, "/a", {.null = "true"}},
    {{"/*"}, 0, "/0", {.join = "", .null = "\"\""}},
    {{""}, 0, NULL, {.list = true, .keys = true}},
    {{"/*"}, 1, NULL, {.list = true, .keys = true, .join = "-"}},
    {{"/a", "/b"}, 0, NULL, {.keys = true, .has_index = true, .index = 1}},
    {{"/*/{a,b}"}, 1, NULL, {.list = true, .has_index = true, .index = 1}},
    {{"/{arg}/{{arg}", "/b/{arg}"}, 0, "/{arg}", {.list = true}},
    {{"/user/{username,uid}", "/requestObject/spec/containers/*/{image,name}"}, 0, NULL, {.join = " "}},
};

#define DECLARED (sizeof(declared) / sizeof(declared[0]))

static struct paths *declared_paths[DECLARED];

/* What is wanted of each: all; the first, or a default; the second element of the first `*`. */
#define VARIANTS 3

static struct paths *paths[CASES];
static struct pointer pointers[CASES]; /* the first ones */
static lua_State *L; /* its stack: check, check_document and check_numbers of strictjson.lua */

static struct {
    const char *begin, *end, *kernel;
} text;

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s (%s, kernel %s) in %zu bytes:\n", what, detail, text.kernel,
            (size_t)(text.end - text.begin));
    fwrite(text.begin, 1, (size_t)(text.end - text.begin), stderr);
    fputc('\n', stderr);
    abort();
}

static void prepare(void)
{
    char *error;

    for (size_t i = 0; i < CASES; i++) {
        paths[i] = paths_compile(cases[i], cases[i][1] != NULL ? 2 : 1, &error);
        pointer_compile(&pointers[i], cases[i][0], &error);
    }
    for (size_t i = 0; i < DECLARED; i++) {
        const struct path_recipe recipe = {.patterns = declared[i].patterns,
                                           .count = declared[i].patterns[1] != NULL ? 2 : 1,
                                           .conditions = conditions,
                                           .condition_count = declared[i].conditions,
                                           .fallback = declared[i].fallback};

        declared_paths[i] = path_recipe_build(&recipe, "a", &error);
        if (declared_paths[i] == NULL) {
            fail(error, declared[i].patterns[0]);
        }
    }
    L = luaL_newstate();
    luaL_openlibs(L);
    if (luaL_loadfile(L, FUZZ_DIRECTORY "/strictjson.lua") != LUA_OK) { /* chunk */
        fail(lua_tostring(L, -1), "strictjson.lua");
    }
    lua_pushnil(L);    /* chunk, sort: nothing here encodes */
    json_open_lj(L);   /* chunk, json */
    lua_call(L, 1, 3); /* check, check_document, check_numbers */
}

/* A copy of the text between two pages that may not be read. */
static void place_text(const uint8_t *data, size_t size, bool at_end)
{
    static char *room;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (room == NULL) {
        room = mmap(NULL, MOST_BYTES + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED || mprotect(room + page, MOST_BYTES, PROT_READ | PROT_WRITE) != 0) {
            abort();
        }
    }
    text.begin = memcpy(room + page + (at_end ? MOST_BYTES - size : 0), data, size);
    text.end = text.begin + size;
}

/* ---- skipping ---- */

/* Behind the value at `at`, a string, list or object, or behind `depth` brackets: the simplest loop. */
static const char *simple_end(const char *at, const char *end, size_t depth)
{
    bool string = false, whole = depth == 0 && *at == '"';

    for (; at < end; at++) {
        if (*at == '\\') {
            at++;
        } else if (*at == '"') {
            string = !string;
            if (whole && !string) {
                return at + 1;
            }
        } else if (!string && (*at == '{' || *at == '[')) {
            depth++;
        } else if (!string && (*at == '}' || *at == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

static void check_skipping(void)
{
    unsigned left = 32; /* each scans the rest of the text */

    for (const char *at = text.begin; at < text.end && left > 0; at++) {
        if (*at != '"' && *at != '{' && *at != '[') {
            continue;
        }
        left--;
        if (json_skip_value(at, text.end) != simple_end(at, text.end, 0)) {
            fail("a value has another end", "json_skip_value");
        }
        if (json_container_rest(at, text.end, 2) != simple_end(at, text.end, 2)) {
            fail("the rest of an object has another end", "json_container_rest");
        }
    }
}

/* ---- values ---- */

static struct paths_request request_of(size_t variant)
{
    return (struct paths_request){.type = field_type_named("string"),
                                  .list = variant != 1,
                                  .has_index = variant == 2,
                                  .index = 1,
                                  .fallback = variant == 1 ? "\"none\"" : NULL};
}

static bool same_value(const struct value *a, const struct value *b)
{
    const char *const *cells = a->cells, *const *others = b->cells;

    if (a->outcome != b->outcome || a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->starts[i] != b->starts[i] || strcmp(cells[i], others[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* What the strict decoder says of the values that the path number `number` has found. */
static void check_strictly(size_t number, const struct value *value)
{
    const char *const *cells = value->cells;

    lua_pushvalue(L, 1);                                             /* ..., check */
    lua_pushlstring(L, text.begin, (size_t)(text.end - text.begin)); /* ..., check, text */
    lua_pushstring(L, cases[number][0]);                             /* ..., check, text, pointer */
    lua_createtable(L, (int)value->count, 0);                        /* ..., cells */
    for (uint32_t i = 0; i < value->count; i++) {
        lua_pushstring(L, cells[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (lua_pcall(L, 3, 1, 0) != LUA_OK) { /* ..., fine */
        fail(lua_tostring(L, -1), "strictjson.lua");
    }
    if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) {
        fail("the strict decoder has another value", cases[number][0]);
    }
    lua_pop(L, 1); /* ... */
}

/* The same of the integers that it finds where the field is of numbers. */
static void check_numbers(size_t number, const struct pathtree *tree, struct path_node *const *nodes,
                          struct pool *pool)
{
    const struct paths_request request = {.type = field_type_named("uint64"), .list = true};
    struct value value;
    char digits[24];

    paths_answer(paths[number], tree, nodes, text.begin, (size_t)(text.end - text.begin), &request, pool,
                 &value);
    lua_pushvalue(L, 3);                                             /* ..., check_numbers */
    lua_pushlstring(L, text.begin, (size_t)(text.end - text.begin)); /* ..., check_numbers, text */
    lua_pushstring(L, cases[number][0]);                             /* ..., check_numbers, text, pointer */
    lua_createtable(L, (int)value.count, 0);                         /* ..., cells */
    for (uint32_t i = 0; i < value.count; i++) {
        snprintf(digits, sizeof(digits), "%" PRIu64, ((const uint64_t *)value.cells)[i]);
        lua_pushstring(L, digits);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (lua_pcall(L, 3, 1, 0) != LUA_OK) { /* ..., fine */
        fail(lua_tostring(L, -1), "strictjson.lua");
    }
    if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) {
        fail("the strict decoder has another number", cases[number][0]);
    }
    lua_pop(L, 1); /* ... */
}

/* What the strict decoder says of the document. */
static void check_document(void)
{
    lua_pushvalue(L, 2);                                             /* ..., check_document */
    lua_pushlstring(L, text.begin, (size_t)(text.end - text.begin)); /* ..., check_document, text */
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {                           /* ..., fine */
        fail(lua_tostring(L, -1), "strictjson.lua");
    }
    if (!lua_toboolean(L, -1)) {
        fail("a document has another value", "lure.json.parse");
    }
    lua_pop(L, 1); /* ... */
}

/* Where a search finds what the pointer number `number` leads to; NULL: nowhere. */
static const char *search(size_t number)
{
    const char *at = json_begin(text.begin, text.end);

    at = at < text.end ? at : NULL;
    for (size_t i = 0; at != NULL && i < pointers[number].count; i++) {
        at = json_find_part(at, text.end, &pointers[number].parts[i]);
    }
    return at;
}

static void check_finding(size_t number, const struct pathtree *tree, const struct path_node *node)
{
    const char *found = pathtree_found(tree, node) ? text.begin + node->place : NULL;

    if (!pointer_has_star(&pointers[number]) && search(number) != found) {
        fail("a search finds another place", cases[number][0]);
    }
}

/* Why there is no value is known just where there is none; of several elements some may not fit. */
static void check_reasons(size_t number, struct pool *pool)
{
    static const char *const types[] = {"string", "uint64", "bool"};
    const size_t size = (size_t)(text.end - text.begin);

    for (size_t i = 0; i < VARIANTS * sizeof(types) / sizeof(types[0]); i++) {
        struct paths_request request = request_of(i % VARIANTS);
        enum path_reason kind;
        char reason[PATH_REASON_TEXT];
        struct value value;

        request.type = field_type_named(types[i / VARIANTS]);
        request.fallback = NULL;
        paths_find(paths[number], text.begin, size, &request, pool, &value);
        kind = pathreason_find(paths[number], text.begin, size, &request, pool, reason);
        if (value.outcome == VALUE_ABSENT && (kind == PATH_REASON_NONE || reason[0] == '\0')) {
            fail("there is no value, and no reason", cases[number][0]);
        }
        if (value.outcome == VALUE_PRESENT && kind != PATH_REASON_NONE && !request.list &&
            cases[number][1] == NULL && !pointer_has_star(&pointers[number])) {
            fail(reason, "but there is a value");
        }
    }
}

/* All paths in one tree, each alone, and what the first kernel said. */
static void check_values(struct value first[CASES][VARIANTS], bool is_first, struct pool *pool)
{
    size_t size = (size_t)(text.end - text.begin);
    struct pathtree tree = {.pool = pool};
    struct path_node **nodes[CASES];

    for (size_t i = 0; i < CASES; i++) {
        nodes[i] = paths_add(paths[i], &tree);
    }
    pathtree_scan(&tree, text.begin, size, pool);
    for (size_t i = 0; i < CASES; i++) {
        check_finding(i, &tree, nodes[i][0]);
        if (is_first) {
            check_reasons(i, pool);
        }
        for (size_t variant = 0; variant < VARIANTS; variant++) {
            const struct paths_request request = request_of(variant);
            struct value value, alone;

            paths_answer(paths[i], &tree, nodes[i], text.begin, size, &request, pool, &value);
            if (is_first || variant == 0) {
                paths_find(paths[i], text.begin, size, &request, pool, &alone);
                if (!same_value(&value, &alone)) {
                    fail("alone it has another value", cases[i][0]);
                }
            }
            if (is_first) {
                first[i][variant] = value;
            } else if (!same_value(&value, &first[i][variant])) {
                fail("another kernel has another value", cases[i][0]);
            }
        }
        if (is_first && cases[i][1] == NULL) {
            check_strictly(i, &first[i][0]);
            check_numbers(i, &tree, nodes[i], pool);
        }
    }
}

/* ---- what fields declare beside their pointers ---- */

static bool same_number(const struct value *a, const struct value *b)
{
    return a->outcome == b->outcome && a->count == b->count &&
           (a->count == 0 || memcmp(a->cells, b->cells, a->count * sizeof(uint64_t)) == 0);
}

/* A value that is missing has a reason. */
static void check_declared_reason(size_t number, const struct paths_request *request, struct pool *pool)
{
    char reason[PATH_REASON_TEXT];

    if (pathreason_find(declared_paths[number], text.begin, (size_t)(text.end - text.begin), request, pool,
                        reason) == PATH_REASON_NONE) {
        fail("there is no value, and no reason", declared[number].patterns[0]);
    }
}

/* What a function gets: values as they stand, each of which is in the payload, or in what is declared. */
static void check_found(size_t number, const struct pathtree *tree, struct path_node *const *nodes,
                        struct pool *pool)
{
    const size_t size = (size_t)(text.end - text.begin);
    struct paths_request request = declared[number].request;
    struct value value, alone;
    const struct bytes *cells;

    request.type = &json_value_type;
    request.join = NULL;
    paths_find(declared_paths[number], text.begin, size, &request, pool, &alone);
    cells = alone.cells;
    for (uint32_t i = 0; i < alone.count; i++) {
        const char *at = cells[i].data;
        const bool inside = at >= text.begin && at < text.end;
        const char *end = inside ? text.end : at + strlen(at);

        if (json_skip_value(at, end) != at + cells[i].length ||
            (alone.starts[i] != VALUE_NOWHERE && inside != (text.begin + alone.starts[i] == at))) {
            fail("what is found is not one value", declared[number].patterns[0]);
        }
    }
    if (tree != NULL) {
        paths_answer(declared_paths[number], tree, nodes, text.begin, size, &request, pool, &value);
        if (value.count != alone.count ||
            (value.count > 0 && memcmp(value.starts, alone.starts, value.count * sizeof(uint32_t)) != 0)) {
            fail("alone it finds something else", declared[number].patterns[0]);
        }
    }
}

/* All in one tree with a predictor that is trained by all texts, and each alone. */
static void check_declared(struct pool *pool)
{
    static struct pool kept;
    static struct pathpredictor predictor;
    static struct pathtree tree = {.pool = &kept, .predictor = &predictor};
    static struct path_node **nodes[DECLARED];
    const size_t size = (size_t)(text.end - text.begin);

    for (size_t i = 0; i < DECLARED && nodes[i] == NULL; i++) {
        /* a predictor is for trees without a `*` at their root */
        nodes[i] = strncmp(declared[i].patterns[0], "/*", 2) != 0 && declared[i].patterns[0][0] != '\0'
                       ? paths_add(declared_paths[i], &tree)
                       : NULL;
    }
    pathtree_scan(&tree, text.begin, size, pool);
    for (size_t i = 0; i < DECLARED; i++) {
        struct paths_request request = declared[i].request;
        struct value value, alone;

        request.type = field_type_named("string");
        paths_find(declared_paths[i], text.begin, size, &request, pool, &alone);
        if (nodes[i] != NULL) {
            paths_answer(declared_paths[i], &tree, nodes[i], text.begin, size, &request, pool, &value);
            if (!same_value(&value, &alone)) {
                fail("alone it has another value", declared[i].patterns[0]);
            }
        }
        if (alone.outcome == VALUE_ABSENT) {
            check_declared_reason(i, &request, pool);
        }
        check_found(i, nodes[i] != NULL ? &tree : NULL, nodes[i], pool);
        request.type = field_type_named("uint64");
        request.fallback = request.null = request.join = NULL;
        paths_find(declared_paths[i], text.begin, size, &request, pool, &alone);
        if (nodes[i] != NULL) {
            paths_answer(declared_paths[i], &tree, nodes[i], text.begin, size, &request, pool, &value);
            if (!same_number(&value, &alone)) {
                fail("alone it has another number", declared[i].patterns[0]);
            }
        }
    }
}

/* ---- trees with a predictor ---- */

/* Which of the pointers are in each; a predictor is for trees without a `*` at their root. */
static bool is_kept_in(size_t tree, size_t number)
{
    const char *pointer = cases[number][0];
    bool scanned = strlen(pointer) > 0 && strncmp(pointer, "/*", 2) != 0 && cases[number][1] == NULL;

    switch (tree) {
    case 0:
        return scanned;
    case 1:
        return scanned && strchr(pointer, '*') == NULL;
    case 2:
        return strcmp(pointer, "/a/b") == 0 || strcmp(pointer, "/b") == 0 ||
               strcmp(pointer, "/user/username") == 0;
    default:
        return strcmp(pointer, "/a/0") == 0 || strcmp(pointer, "/0/0") == 0 || strcmp(pointer, "/0/a") == 0;
    }
}

#define TREES                4
#define MOST_PREDICTOR_BYTES (1u << 20)
#define TIMES                6 /* a text is scanned over: until a value that stays the same is part of a step */

static struct trained {
    struct pool pool;
    struct pathpredictor predictor;
    struct pathtree tree;
    struct path_node **nodes[CASES]; /* NULL: it is not in the tree */
} trained[TREES];

static void make_trained_trees(void)
{
    for (size_t tree = 0; tree < TREES; tree++) {
        struct trained *kept = &trained[tree];

        kept->tree = (struct pathtree){.pool = &kept->pool, .predictor = &kept->predictor};
        for (size_t i = 0; i < CASES; i++) {
            kept->nodes[i] = is_kept_in(tree, i) ? paths_add(paths[i], &kept->tree) : NULL;
        }
    }
}

/* What a path finds after a scan, in all variants; of a single one by the fast path, too. */
static void check_trained(struct trained *kept, size_t i, const struct value first[VARIANTS],
                          struct pool *pool)
{
    size_t size = (size_t)(text.end - text.begin);
    const struct path_node *single = paths_single(paths[i], kept->nodes[i]);
    struct value value;

    check_finding(i, &kept->tree, kept->nodes[i][0]);
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        const struct paths_request request = request_of(variant);

        paths_answer(paths[i], &kept->tree, kept->nodes[i], text.begin, size, &request, pool, &value);
        if (!same_value(&value, &first[variant])) {
            fail("with a predictor it has another value", cases[i][0]);
        }
        if (single != NULL && !request.list &&
            paths_answer_single(&kept->tree, single, request.type, text.begin, size, pool, &value) &&
            !same_value(&value, &first[variant])) {
            fail("by the fast path it has another value", cases[i][0]);
        }
    }
}

/* What memory the predictor has. */
static size_t size_of_predictor(const struct pathpredictor *predictor)
{
    size_t size = 0;

    for (const struct pool_chunk *chunk = predictor->pool.first; chunk != NULL; chunk = chunk->next) {
        size += chunk->size;
    }
    return size;
}

#define SHAPES 20000u

/* Objects of which each has keys of its own: more than a predictor keeps, and for longer than one that is
 * full lasts. */
static void check_many_shapes(void)
{
    struct trained *kept = &trained[TREES - 2];
    struct path_node *wanted = &kept->tree.root;
    struct pool pool = {0};
    const char key[] = "b";
    char object[512];

    while (wanted != NULL && wanted->part == NULL) {
        wanted = path_node_child(wanted, &(struct json_key){key, key + 1, false});
    }
    for (unsigned i = 0; i < 5 * SHAPES; i++) {
        unsigned shape = i % SHAPES;
        int length = snprintf(object, sizeof(object),
                              "{\"k%u\":1,\"l%u\":\"x\",\"user\":{\"m%u\":[],\"username\":2},\"b\":", shape,
                              shape / 3, shape / 7);

        snprintf(object + length, sizeof(object) - (size_t)length, "\"value\",\"n%u\":0}", shape);
        pathtree_scan(&kept->tree, object, strlen(object), &pool);
        if (!pathtree_found(&kept->tree, wanted) || wanted->place != (uint32_t)length) {
            fprintf(stderr, "another place is found in %s\n", object);
            abort();
        }
        if (size_of_predictor(&kept->predictor) > MOST_PREDICTOR_BYTES) {
            fprintf(stderr, "the predictor is large after %u scans\n", i);
            abort();
        }
    }
    pool_free(&pool);
}

/* A text of a known shape is scanned once, by the predictor; a second scan would be a recursive descent. */
static void check_learning(void)
{
    static const char *const texts[] = {"{\"a\":[80],\"b\":1} ",
                                        "{\"a\":[],\"b\":1} ",
                                        "{\"a\":[\"x\"],\"b\":2} ",
                                        "{\"b\":1,\"a\":[0]} ",
                                        "{\"a\":[{}],\"b\":\"\"} ",
                                        "{\"x\":{},\"a\":{\"b\":[]},\"b\":null} ",
                                        "{\"b\":true} ",
                                        "{} "};
    struct pool pool = {0}, nodes = {0};
    struct pathpredictor predictor = {0};
    struct pathtree tree = {.pool = &nodes, .predictor = &predictor};

    for (size_t i = 0; i < CASES; i++) {
        if (strcmp(cases[i][0], "/a/0") == 0 || strcmp(cases[i][0], "/b") == 0) {
            paths_add(paths[i], &tree);
        }
    }
    for (size_t i = 0; i < 8 * sizeof(texts) / sizeof(texts[0]); i++) {
        const char *scanned = texts[i / 8];
        uint64_t scans = tree.scans;

        pathtree_scan(&tree, scanned, strlen(scanned), &pool);
        if (tree.scans != scans + 1) {
            fprintf(stderr, "%s is not learned\n", scanned);
            abort();
        }
    }
    pathpredictor_clear(&predictor);
    pool_free(&nodes);
    pool_free(&pool);
}

static void check_predictor_variants(struct value first[CASES][VARIANTS], struct pool *pool)
{
    for (unsigned time = 0; time < TIMES * TREES; time++) {
        struct trained *kept = &trained[time % TREES];

        pathtree_scan(&kept->tree, text.begin, (size_t)(text.end - text.begin), pool);
        for (size_t i = 0; i < CASES; i++) {
            if (kept->nodes[i] != NULL) {
                check_trained(kept, i, first[i], pool);
            }
        }
        if (size_of_predictor(&kept->predictor) > MOST_PREDICTOR_BYTES) {
            fail("the predictor is large", "");
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *kernels[JSON_MOST_KERNELS];
    size_t count = json_kernels(kernels);
    struct value first[CASES][VARIANTS];
    struct pool pool = {0};

    if (L == NULL) {
        prepare();
        make_trained_trees();
    }
    data = jsontext_of(data, &size);
    if (size > MOST_BYTES) {
        return 0;
    }
    for (size_t i = 0; i < 2 && i < count; i++) { /* the best kernel, and another one */
        text.kernel = kernels[i == 0 ? 0 : 1 + size % (count - 1)];
        json_use_kernel(text.kernel);
        place_text(data, size, (i + size) % 2 == 0);
        check_skipping();
        check_values(first, i == 0, &pool);
        check_predictor_variants(first, &pool);
        check_declared(&pool);
        check_document();
    }
    pool_free(&pool);
    return 0;
}

void fuzz_end(unsigned long runs)
{
    (void)runs;
    check_learning();
    check_many_shapes();
}
