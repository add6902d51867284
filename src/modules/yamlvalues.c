#include "modules/yamlvalues.h"

#include "base/libraryheap.h"
#include "json/jsonscalars.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "lua/metatable.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#define METATABLE "lure.yaml"

/* Bytes of a value that take about one unit of the time budget. */
#define BYTES_OF_UNIT 4

/* How much of a value a message shows. */
#define MOST_SHOWN 64

enum { TEXT = 1, READING, ANCHORS };

/* libyaml's memory; released by __gc where something throws. */
struct reading {
    struct libraryheap *heap; /* NULL: it is closed */
    yaml_parser_t parser;
    yaml_event_t event; /* the last one */
    unsigned depth;
};

static int close_reading_lj(lua_State *L)
{
    struct reading *reading = lua_touserdata(L, 1);

    yaml_event_delete(&reading->event);
    yaml_parser_delete(&reading->parser);
    if (reading->heap != NULL) {
        libraryheap_close(reading->heap);
    }
    memset(reading, 0, sizeof(*reading));
    return 0;
}

static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, close_reading_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");            /* metatable */
}

static void fail_lj(lua_State *L, const struct reading *reading, const char *why)
{
    luaL_error(L, "line %I: %s", (LUAI_UACINT)reading->event.start_mark.line + 1, why);
}

/* libyaml has found what is no YAML, or no UTF-8, of which it knows only the byte. */
static void fail_parser_lj(lua_State *L, const yaml_parser_t *parser)
{
    lua_Integer line = (lua_Integer)parser->problem_mark.line + 1;

    if (parser->error == YAML_READER_ERROR) {
        size_t length;
        const char *text = lua_tolstring(L, TEXT, &length);

        line = 1;
        for (size_t i = 0; i < parser->problem_offset && i < length; i++) {
            line += text[i] == '\n';
        }
    }
    luaL_error(L, "line %I: %s", (LUAI_UACINT)line,
               parser->problem != NULL ? parser->problem : TEXT_OVER_LIMIT);
}

static yaml_event_type_t next_event_lj(lua_State *L, struct reading *reading)
{
    struct libraryheap *before;
    int done;

    yaml_event_delete(&reading->event);
    before = libraryheap_enter(reading->heap);
    done = yaml_parser_parse(&reading->parser, &reading->event);
    libraryheap_leave(before);
    if (done == 0) {
        fail_parser_lj(L, &reading->parser);
    }
    budget_charge_lj(L, 4 * BUDGET_OF_STEP);
    return reading->event.type;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* A plain value. Stack: [] -> [value] */
static void push_plain_lj(lua_State *L, const char *text, size_t length)
{
    bool integer;

    if (length == 0 || is_word(text, length, "~") || is_word(text, length, "null")) {
        json_push_null_lj(L);
    } else if (is_word(text, length, "true") || is_word(text, length, "false")) {
        lua_pushboolean(L, text[0] == 't');
    } else if (json_number_length(text, text + length, &integer) == length) {
        json_push_number_lj(L, text, length, integer);
    } else {
        lua_pushlstring(L, text, length);
    }
}

/* A value that is said to be an int, float, bool or null. False: it is none. Stack: [] -> [value] */
static bool push_tagged_lj(lua_State *L, const char *kind, const char *text, size_t length)
{
    bool integer = false, found = json_number_length(text, text + length, &integer) == length && length > 0;

    push_plain_lj(L, text, length); /* value */
    if (strcmp(kind, "bool") == 0) {
        return lua_isboolean(L, -1);
    }
    if (strcmp(kind, "null") == 0) {
        json_push_null_lj(L); /* value, null */
        found = lua_rawequal(L, -1, -2) != 0;
        lua_pop(L, 1); /* value */
        return found;
    }
    if (strcmp(kind, "int") == 0) {
        return found && integer;
    }
    lua_pushnumber(L, lua_tonumber(L, -1)); /* value, float */
    lua_replace(L, -2);                     /* value */
    return found;
}

/* What a tag says that a value is, of YAML's own; NULL: a text, as with tags of others. */
static const char *kind_of_tag(const yaml_char_t *tag)
{
    static const char *const kinds[] = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
                                        "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp((const char *)tag, kinds[i]) == 0) {
            return strrchr(kinds[i], ':') + 1;
        }
    }
    return NULL;
}

/* Stack: [] -> [value] */
static void push_scalar_lj(lua_State *L, const struct reading *reading, bool is_key)
{
    const char *text = (const char *)reading->event.data.scalar.value;
    const size_t length = reading->event.data.scalar.length;

    const yaml_char_t *tag = reading->event.data.scalar.tag;
    const char *kind = tag != NULL && !is_key ? kind_of_tag(tag) : NULL;

    budget_charge_lj(L, length / BYTES_OF_UNIT);
    if (kind != NULL) {
        if (!push_tagged_lj(L, kind, text, length)) { /* value */
            lua_pushfstring(L, "expected what !!%s is in JSON, got \"%s\"%s", kind,
                            lua_pushlstring(L, text, length < MOST_SHOWN ? length : MOST_SHOWN),
                            length > MOST_SHOWN ? "..." : ""); /* value, text, why */
            fail_lj(L, reading, lua_tostring(L, -1));
        }
    } else if (is_key || tag != NULL || reading->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        lua_pushlstring(L, text, length); /* text */
    } else {
        push_plain_lj(L, text, length); /* value */
    }
}

/* Stack: [] -> [name, or nil] */
static void push_anchor_lj(lua_State *L, const yaml_char_t *name)
{
    lua_pushstring(L, (const char *)name);
}

static void push_value_lj(lua_State *L, struct reading *reading);

/* Stack: [] -> [table] */
static void push_list_lj(lua_State *L, struct reading *reading)
{
    lua_newtable(L); /* table */
    for (lua_Integer i = 1; next_event_lj(L, reading) != YAML_SEQUENCE_END_EVENT; i++) {
        push_value_lj(L, reading); /* table, value */
        lua_rawseti(L, -2, i);     /* table */
    }
}

/* Stack: [] -> [table] */
static void push_map_lj(lua_State *L, struct reading *reading)
{
    lua_newtable(L); /* table */
    while (next_event_lj(L, reading) != YAML_MAPPING_END_EVENT) {
        if (reading->event.type != YAML_SCALAR_EVENT) {
            fail_lj(L, reading, "expected a text as key");
        }
        push_scalar_lj(L, reading, true); /* table, key */
        next_event_lj(L, reading);
        push_value_lj(L, reading); /* table, key, value */
        lua_rawset(L, -3);         /* table */
    }
}

/* Keeps the value for aliases. Stack: [name, value] -> [value] */
static void keep_anchor_lj(lua_State *L)
{
    lua_insert(L, -2); /* value, name */
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1); /* value */
        return;
    }
    lua_pushvalue(L, -2);   /* value, name, value */
    lua_rawset(L, ANCHORS); /* value */
}

/* The value that the last event begins. Stack: [] -> [value] */
static void push_value_lj(lua_State *L, struct reading *reading)
{
    const yaml_event_t *event = &reading->event;

    luaL_checkstack(L, 8, "nested too deeply");
    if (++reading->depth > YAML_DEEPEST_VALUE) {
        fail_lj(L, reading, "nested too deeply");
    }
    if (event->type == YAML_SCALAR_EVENT) {
        push_anchor_lj(L, event->data.scalar.anchor); /* name */
        push_scalar_lj(L, reading, false);            /* name, value */
        keep_anchor_lj(L);                            /* value */
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        push_anchor_lj(L, event->data.sequence_start.anchor); /* name */
        push_list_lj(L, reading);                             /* name, value */
        keep_anchor_lj(L);                                    /* value */
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        push_anchor_lj(L, event->data.mapping_start.anchor); /* name */
        push_map_lj(L, reading);                             /* name, value */
        keep_anchor_lj(L);                                   /* value */
    } else if (event->type == YAML_ALIAS_EVENT) {
        push_anchor_lj(L, event->data.alias.anchor); /* name */
        if (lua_rawget(L, ANCHORS) == LUA_TNIL) {    /* value */
            fail_lj(L, reading, "an alias without its anchor, or inside of it");
        }
    } else { /* no value begins with another one */
        fail_lj(L, reading, "expected a value");
    }
    reading->depth--;
}

/* False: there is no memory. */
static bool open_parser(struct reading *reading, struct memory_budget *budget)
{
    struct libraryheap *before;
    bool open;

    reading->heap = libraryheap_open(budget);
    if (reading->heap == NULL) {
        return false;
    }
    before = libraryheap_enter(reading->heap);
    open = yaml_parser_initialize(&reading->parser) != 0;
    libraryheap_leave(before);
    if (!open) {
        libraryheap_close(reading->heap);
        reading->heap = NULL;
    }
    return open;
}

/* Stack: [text] -> [text, reading] */
static struct reading *push_reading_lj(lua_State *L)
{
    struct reading *reading = lua_newuserdatauv(L, sizeof(*reading), 0); /* text, reading */
    size_t length;
    const char *text = lua_tolstring(L, TEXT, &length);

    memset(reading, 0, sizeof(*reading));
    metatable_set_lj(L, METATABLE, fill_metatable_lj);
    if (length > YAML_LARGEST) {
        luaL_error(L, "a YAML file may have %d MiB", YAML_LARGEST / 1024 / 1024);
    }
    if (!GARBAGE_RETRY(L, open_parser(reading, lua_touserdata(L, lua_upvalueindex(1))))) {
        luaL_error(L, TEXT_OVER_LIMIT);
    }
    yaml_parser_set_input_string(&reading->parser, (const unsigned char *)text, length);
    return reading;
}

int yaml_values_lj(lua_State *L)
{
    struct reading *reading;
    yaml_event_type_t type;

    lua_settop(L, TEXT);
    reading = push_reading_lj(L); /* text, reading */
    lua_newtable(L);              /* text, reading, anchors */
    do {
        type = next_event_lj(L, reading);
    } while (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT);
    if (type == YAML_STREAM_END_EVENT) {
        json_push_null_lj(L); /* ..., null: there is no document */
    } else {
        push_value_lj(L, reading); /* ..., value */
    }
    lua_pushcfunction(L, close_reading_lj); /* ..., value, function */
    lua_pushvalue(L, READING);
    lua_call(L, 1, 0); /* ..., value */
    return 1;
}
