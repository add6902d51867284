/* lure.file.lookup: a table read from a file, and again when the file has changed. */
#include "base/fileidentity.h"
#include "base/memorybudget.h"
#include "base/scriptclock.h"
#include "event/value.h"
#include "file/filesource.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "modules/file.h"
#include "modules/fileoptions.h"
#include "modules/json.h"
#include "modules/log.h"
#include "modules/text.h"
#include "modules/yamlvalues.h"
#include "task/task.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define METATABLE "lure.file.lookup"

#define CHUNK ((size_t)64 * 1024)

/* Bytes that take about one unit of the time budget, read and made into values. */
#define BYTES_OF_UNIT 4

/* How often the file is looked at. */
#define LOOK_INTERVAL CLOCK_SECOND

#define FUNCTION "lure.file.lookup"

/* Its user values. */
enum { LOOKUP_TABLE = 1, LOOKUP_PATH, LOOKUP_KEY, LOOKUP_VALUES = LOOKUP_KEY };

enum format { FORMAT_LINES, FORMAT_CSV, FORMAT_JSON, FORMAT_YAML };

static const char *const format_names[] = {"lines", "csv", "json", "yaml", NULL};

struct lookup {
    enum format format;
    struct stat seen;  /* when it was read */
    int64_t look;      /* when to look again */
    lua_Integer count; /* of keys */
    lua_Integer version;
    struct memory_budget *budget;
    struct log *log;
};

/* A file while it is read; closed by __gc where that throws. */
struct reading {
    struct filesource source;
};

static int close_reading_lj(lua_State *L)
{
    filesource_close(&((struct reading *)lua_touserdata(L, 1))->source);
    return 0;
}

/* ---- the formats: each fills the table at `to` from the text at the top ---- */

/* Stack: [..., text, ...]; `to` and the key and value at the top -> [...] */
static void add_lj(lua_State *L, struct lookup *lookup, int to)
{
    budget_charge_lj(L, 3 * BUDGET_OF_STEP);
    lua_pushvalue(L, -2);                           /* ..., key, value, key */
    lookup->count += lua_rawget(L, to) == LUA_TNIL; /* ..., key, value, before */
    lua_pop(L, 1);                                  /* ..., key, value */
    lua_rawset(L, to);
}

static void read_lines_lj(lua_State *L, struct lookup *lookup, int to, const char *at, const char *end)
{
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *next = line_end != NULL ? line_end + 1 : end;
        const char *last = line_end != NULL ? line_end : end;

        if (last > at && last[-1] == '\r') {
            last--;
        }
        if (last > at && *at != '#') {
            lua_pushlstring(L, at, (size_t)(last - at)); /* ..., line */
            lua_pushboolean(L, 1);                       /* ..., line, true */
            add_lj(L, lookup, to);
        }
        at = next;
    }
}

/* Reads a value. True: it is the last of its record. Stack: [] -> [value] */
static bool read_csv_value_lj(lua_State *L, struct csv *csv)
{
    const int64_t line = csv->line;
    struct csv_value value;
    const char *problem = csv_next(csv, &value);

    if (problem != NULL) {
        luaL_error(L, "line %I: %s", (LUAI_UACINT)line, problem);
    }
    text_push_csv_lj(L, &value); /* value */
    return value.last;
}

/* Reads the first record. Returns the number of the key's column. Stack: [..., key] -> [..., key, columns] */
static lua_Integer read_columns_lj(lua_State *L, struct csv *csv, lua_Integer *count)
{
    const int key = lua_gettop(L);
    lua_Integer number = lua_isnil(L, key) ? 1 : 0;
    bool last = false;

    while (csv_skip_empty(csv)) {
    }
    lua_newtable(L); /* ..., key, columns */
    for (*count = 0; !last;) {
        last = read_csv_value_lj(L, csv); /* ..., key, columns, name */
        ++*count;
        if (number == 0 && lua_rawequal(L, -1, key)) {
            number = *count;
        }
        lua_rawseti(L, -2, *count); /* ..., key, columns */
    }
    if (number == 0) {
        luaL_error(L, "line 1: there is no column \"%s\" (key)", lua_tostring(L, key));
    }
    return number;
}

/* Stack: [..., key] -> [..., key, columns] */
static void read_csv_lj(lua_State *L, struct lookup *lookup, int to, const char *at, const char *end)
{
    struct csv csv = {.at = at, .end = end, .separator = ',', .line = 1};
    lua_Integer count, key_number = read_columns_lj(L, &csv, &count); /* ..., key, columns */
    const int columns = lua_gettop(L);

    while (csv.at < csv.end) {
        const lua_Integer line = csv.line;
        lua_Integer number = 0;
        bool last = false;

        if (csv_skip_empty(&csv)) {
            continue;
        }

        lua_pushnil(L);                                      /* ..., key's value */
        lua_createtable(L, 0, count < 100 ? (int)count : 0); /* ..., key's value, row */
        while (!last) {
            last = read_csv_value_lj(L, &csv); /* ..., key's value, row, value */
            if (++number == key_number) {
                lua_pushvalue(L, -1);
                lua_replace(L, -4); /* ..., key's value, row, value */
            }
            lua_rawgeti(L, columns, number); /* ..., key's value, row, value, name */
            if (lua_isnil(L, -1)) {
                luaL_error(L, "line %I: it has more values than the first line has columns", line);
            }
            lua_insert(L, -2); /* ..., key's value, row, name, value */
            lua_rawset(L, -3); /* ..., key's value, row */
        }
        if (lua_isnil(L, -2)) {
            luaL_error(L, "line %I: it has no value in the column of the key", line);
        }
        add_lj(L, lookup, to);
    }
}

/* Adds an element of a list. Stack: [..., element] -> [...]; the key's name is at `key` */
static void add_element_lj(lua_State *L, struct lookup *lookup, int to, int key, lua_Integer number)
{
    if (lua_type(L, -1) == LUA_TTABLE && !lua_isnil(L, key)) {
        lua_pushvalue(L, key); /* ..., element, name */
        lua_rawget(L, -2);     /* ..., element, key */
        if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER) {
            luaL_error(L, "element %I has no text or number in \"%s\" (key)", number, lua_tostring(L, key));
        }
        lua_insert(L, -2); /* ..., key, element */
    } else if (lua_type(L, -1) == LUA_TSTRING || lua_type(L, -1) == LUA_TNUMBER) {
        lua_pushboolean(L, 1); /* ..., element, true */
    } else {
        luaL_error(L, "element %I: expected a text, a number, or an object and the option key", number);
    }
    add_lj(L, lookup, to);
}

/* Of JSON and YAML, which `decode` makes a value of; its upvalue is the budget. Stack: [..., text, key] ->
 * more */
static void read_values_lj(lua_State *L, struct lookup *lookup, int to, lua_CFunction decode,
                           const char *what)
{
    const int key = lua_gettop(L);
    lua_Integer length;

    lua_pushlightuserdata(L, lookup->budget); /* ..., text, key, budget */
    lua_pushcclosure(L, decode, 1);           /* ..., text, key, decode */
    lua_pushvalue(L, key - 1);                /* ..., text, key, decode, text */
    lua_call(L, 1, 1);                        /* ..., text, key, value */
    if (!lua_istable(L, -1)) {
        luaL_error(L, "expected %s", what);
    }
    length = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= length; i++) {
        lua_rawgeti(L, key + 1, i); /* ..., value, element */
        add_element_lj(L, lookup, to, key, i);
    }
    lua_pushnil(L);                                    /* ..., value, name */
    while (length == 0 && lua_next(L, key + 1) != 0) { /* ..., value, name, member */
        lua_pushvalue(L, -2);                          /* ..., value, name, member, name */
        lua_insert(L, -2);                             /* ..., value, name, name, member */
        add_lj(L, lookup, to);                         /* ..., value, name */
    }
}

/* ---- reading ---- */

/* False: there is no memory, and it is closed. */
static bool open_source_lj(lua_State *L, struct filesource *source, const char *path,
                           struct memory_budget *budget)
{
    struct stat status;
    int file;

    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        luaL_error(L, "expected a regular file");
    }
    file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) {
        luaL_error(L, "%s", strerror(errno));
    }
    return filesource_open(source, file, filesource_is_gzip(file), budget);
}

/* Opens the file and pushes all of its bytes. Stack: [...] -> [..., reading, text] */
static void push_text_lj(lua_State *L, struct lookup *lookup, const char *path, struct stat *status)
{
    struct reading *reading = lua_newuserdatauv(L, sizeof(*reading), 0); /* ..., reading */
    luaL_Buffer text;
    ssize_t got;

    reading->source = (struct filesource){.file = -1};
    luaL_setmetatable(L, METATABLE ".reading");
    if (!GARBAGE_RETRY(L, open_source_lj(L, &reading->source, path, lookup->budget))) {
        luaL_error(L, TEXT_OVER_LIMIT);
    }
    fstat(reading->source.file, status);
    luaL_buffinit(L, &text);
    for (uint64_t position = 0;; position += (uint64_t)got) {
        char *to = luaL_prepbuffsize(&text, CHUNK);

        budget_charge_lj(L, CHUNK / BYTES_OF_UNIT);
        got = filesource_read(&reading->source, to, CHUNK, position);
        if (got < 0) {
            luaL_error(L, "%s",
                       errno == EILSEQ || errno == EPIPE ? "the gzip data are broken" : strerror(errno));
        }
        if (got == 0) {
            break;
        }
        luaL_addsize(&text, (size_t)got);
    }
    luaL_pushresult(&text); /* ..., reading, text */
    filesource_close(&reading->source);
}

/* Behind the byte order mark that editors and spreadsheets may write. */
static const char *skip_mark(const char *text, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";

    return length >= 3 && memcmp(text, mark, 3) == 0 ? text + 3 : text;
}

/* Reads the file anew. Stack: [object] -> [..., table]; throws a text without the path */
static int load_lj(lua_State *L)
{
    struct lookup *lookup = lua_touserdata(L, 1), fresh = *lookup;
    const char *text;
    size_t length;

    lua_settop(L, 1);
    lua_newtable(L);                      /* object, table */
    lua_getiuservalue(L, 1, LOOKUP_PATH); /* object, table, path */
    fresh.count = 0;
    push_text_lj(L, &fresh, lua_tostring(L, 3), &fresh.seen); /* object, table, path, reading, text */
    lua_getiuservalue(L, 1, LOOKUP_KEY);                      /* object, table, path, reading, text, key */
    text = lua_tolstring(L, 5, &length);
    switch (fresh.format) {
    case FORMAT_LINES:
        read_lines_lj(L, &fresh, 2, skip_mark(text, length), text + length);
        break;
    case FORMAT_CSV:
        read_csv_lj(L, &fresh, 2, skip_mark(text, length), text + length);
        break;
    case FORMAT_JSON:
        read_values_lj(L, &fresh, 2, json_decode_lj, "a JSON object or list");
        break;
    case FORMAT_YAML:
        read_values_lj(L, &fresh, 2, yaml_values_lj, "a YAML map or list");
        break;
    }
    lookup->seen = fresh.seen;
    lookup->count = fresh.count;
    lookup->version++;
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 1, LOOKUP_TABLE);
    return 0;
}

/* The text of lua_pcall's error, without a position in it; Lua's own names no limit. Stack: [error] unchanged
 */
static const char *error_text(lua_State *L, int status)
{
    const char *text = status == LUA_ERRMEM ? TEXT_OVER_LIMIT : lua_tostring(L, -1);

    return text != NULL ? text : "it is no text";
}

/* Looks, once a second, whether the file has changed, and reads it. What was read before stays where it
 * cannot be. Stack: unchanged */
static void refresh_lj(lua_State *L, int index, struct lookup *lookup)
{
    const int64_t now = scriptclock_about_now(task_clock(L));
    struct stat status = {.st_ino = 0}; /* where there is no file */
    int result;

    if (now < lookup->look) {
        return;
    }
    lookup->look = now + LOOK_INTERVAL;
    lua_getiuservalue(L, index, LOOKUP_PATH); /* path */
    if (stat(lua_tostring(L, -1), &status) == 0 ? !file_unchanged(&status, &lookup->seen)
                                                : lookup->seen.st_ino != 0) {
        lua_pushcfunction(L, load_lj); /* path, function */
        lua_pushvalue(L, index);       /* path, function, object */
        result = lua_pcall(L, 1, 0, 0);
        if (result != LUA_OK) {
            lua_pushfstring(L, FUNCTION ": %s: %s; what was read before stays", lua_tostring(L, -2),
                            error_text(L, result)); /* path, error, text */
            log_both(lookup->log, LOG_LEVEL_ERROR, lua_tostring(L, -1));
            lookup->seen = status; /* it is tried again when it changes */
            lua_pop(L, 2);         /* path */
        }
    }
    lua_pop(L, 1); /* */
}

/* lookup:get(key): the value, or nil */
static int get_lj(lua_State *L)
{
    struct lookup *lookup = luaL_checkudata(L, 1, METATABLE);

    lua_settop(L, 2); /* object, key */
    refresh_lj(L, 1, lookup);
    if (lua_type(L, 2) == LUA_TNUMBER && (lookup->format == FORMAT_LINES || lookup->format == FORMAT_CSV)) {
        lua_tostring(L, 2); /* texts have no numbers */
    }
    lua_getiuservalue(L, 1, LOOKUP_TABLE); /* object, key, table */
    if (lua_isnil(L, 2)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, 3); /* object, key, table, value */
    return 1;
}

/* lookup:count(): how many keys there are */
static int count_lj(lua_State *L)
{
    struct lookup *lookup = luaL_checkudata(L, 1, METATABLE);

    refresh_lj(L, 1, lookup);
    lua_pushinteger(L, lookup->count);
    return 1;
}

/* lookup:version(): how often the file was read */
static int version_lj(lua_State *L)
{
    struct lookup *lookup = luaL_checkudata(L, 1, METATABLE);

    refresh_lj(L, 1, lookup);
    lua_pushinteger(L, lookup->version);
    return 1;
}

/* The iterator of pairs; upvalue: the table. Stack: [any, key] -> [key, value], or [nil] */
static int next_lj(lua_State *L)
{
    budget_charge_lj(L, BUDGET_OF_STEP);
    lua_settop(L, 2);
    if (lua_next(L, lua_upvalueindex(1)) != 0) { /* any, key, value */
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* pairs(lookup): what it is now; a file that is read meanwhile makes another table. */
static int pairs_lj(lua_State *L)
{
    struct lookup *lookup = luaL_checkudata(L, 1, METATABLE);

    refresh_lj(L, 1, lookup);
    lua_getiuservalue(L, 1, LOOKUP_TABLE); /* ..., table */
    lua_pushcclosure(L, next_lj, 1);       /* ..., next */
    return 1;
}

/* Reads the option `format`. Stack: [path, options] unchanged */
static enum format check_format_lj(lua_State *L)
{
    char got[96];
    int format = FORMAT_LINES;

    if (lua_getfield(L, 2, "format") != LUA_TNIL) { /* path, options, name */
        const char *name = lua_type(L, 3) == LUA_TSTRING ? lua_tostring(L, 3) : "";

        while (format_names[format] != NULL && strcmp(format_names[format], name) != 0) {
            format++;
        }
        if (format_names[format] == NULL) {
            value_describe(L, 3, got, sizeof(got));
            luaL_error(L, FUNCTION ": format: expected \"lines\", \"csv\", \"json\" or \"yaml\", got %s",
                       got);
        }
    }
    lua_pop(L, 1); /* path, options */
    return (enum format)format;
}

/* lure.file.lookup(path [, options]); upvalues: log, budget */
int file_lookup_lj(lua_State *L)
{
    static const char *const known[] = {"format", "key", NULL};
    const char *path = file_check_path_lj(L, FUNCTION);
    struct lookup *lookup;
    char got[96];
    enum format format;
    int result;

    file_check_options_lj(L, FUNCTION, known); /* path, options */
    format = check_format_lj(L);
    if (lua_getfield(L, 2, "key") != LUA_TNIL && lua_type(L, 3) != LUA_TSTRING) { /* path, options, key */
        value_describe(L, 3, got, sizeof(got));
        return luaL_error(L, FUNCTION ": key: expected the name of a column or member, got %s", got);
    }
    lookup = lua_newuserdatauv(L, sizeof(*lookup), LOOKUP_VALUES); /* path, options, key, object */
    *lookup = (struct lookup){.format = format,
                              .log = lua_touserdata(L, lua_upvalueindex(1)),
                              .budget = lua_touserdata(L, lua_upvalueindex(2))};
    luaL_setmetatable(L, METATABLE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 4, LOOKUP_PATH);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, 4, LOOKUP_KEY);
    lookup->look = scriptclock_about_now(task_clock(L)) + LOOK_INTERVAL;
    lua_pushcfunction(L, load_lj);
    lua_pushvalue(L, 4); /* path, options, key, object, function, object */
    result = lua_pcall(L, 1, 0, 0);
    if (result != LUA_OK) { /* path, options, key, object, error */
        return luaL_error(L, FUNCTION ": %s: %s", path, error_text(L, result));
    }
    return 1;
}

void file_lookup_open_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"get", get_lj}, {"count", count_lj}, {"version", version_lj}, {NULL, NULL}};

    luaL_newmetatable(L, METATABLE); /* metatable */
    luaL_newlib(L, methods);         /* metatable, methods */
    lua_setfield(L, -2, "__index");  /* metatable */
    lua_pushcfunction(L, pairs_lj);  /* metatable, function */
    lua_setfield(L, -2, "__pairs");  /* metatable */
    lua_pop(L, 1);                   /* */
    luaL_newmetatable(L, METATABLE ".reading");
    lua_pushcfunction(L, close_reading_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");            /* metatable */
    lua_pop(L, 1);                          /* */
}
