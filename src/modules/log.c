#include "modules/log.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/value.h"
#include "lua/budget.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_MESSAGE   4096 /* on standard error */
#define LONGEST_COMPONENT 100

/* Of a script, for the host. */
#define LONGEST_OF_SCRIPT (64u * 1024u)

/* Units of the time budget: what a system call takes, and copies of the text. */
#define UNITS_OF_MESSAGE 4000
#define UNITS_OF_BYTE    4

static const char *const level_names[] = {
#define NAME(identifier, name) [LOG_LEVEL_##identifier] = name,
    LOG_LEVELS(NAME)
#undef NAME
};

#define LISTED(identifier, name) ", " name
const char *const log_level_names = &(LOG_LEVELS(LISTED))[sizeof(", ") - 1];
#undef LISTED

enum log_level log_level_named(const char *name)
{
    for (int level = LOG_LEVEL_FATAL; level <= LOG_LEVEL_TRACE; level++) {
        if (strcmp(level_names[level], name) == 0) {
            return (enum log_level)level;
        }
    }
    return LOG_LEVEL_NONE;
}

static const char *component_of(const struct log *log)
{
    return log->component != NULL ? log->component : "lure";
}

/* Writes a message with one call, so that messages of several threads do not mix. */
static void write_standard_error(const struct log *log, enum log_level level, const char *text)
{
    char line[LONGEST_MESSAGE + 128];
    const char *component = component_of(log);
    size_t length = strlen(text), used;

    used = utf8_write(line, LONGEST_COMPONENT, component, strlen(component), UTF8_LINE);
    used += (size_t)sprintf(line + used, ": %s: ", level_names[level]);
    if (utf8_write(line + used, LONGEST_MESSAGE, text, length, UTF8_MESSAGE) <
        utf8_write(NULL, 0, text, length, UTF8_MESSAGE)) {
        strcat(line + used, "...");
    }
    used += strlen(line + used);
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) {
        return; /* standard error is closed */
    }
}

/* Writes to the host's log, sanitized. */
static void write_sink(const struct log *log, enum log_level level, const char *text)
{
    size_t length = strlen(text);
    char *copy = NULL;

    if (utf8_clean(text, length, UTF8_MESSAGE) < length) {
        copy = utf8_copy(text, length, UTF8_MESSAGE);
        text = copy != NULL ? copy : "a message is lost: " TEXT_NO_MEMORY;
    }
    log->sink(log->owner, component_of(log), text, level);
    free(copy);
}

void log_write(struct log *log, enum log_level level, const char *text)
{
    if (level > log->least) {
        return;
    }
    if (log->sink != NULL) {
        write_sink(log, level, text);
    } else {
        write_standard_error(log, level, text);
    }
}

void log_both(struct log *log, enum log_level level, const char *text)
{
    if (level > log->least) {
        return;
    }
    if (log->sink != NULL) {
        write_sink(log, level, text);
    }
    if (log->sink == NULL || !log->sink_only) {
        write_standard_error(log, level, text);
    }
}

/* Length of the part of a message that names its position: up to the first ": ". */
static size_t place_length(const char *text)
{
    const char *colon = strstr(text, ": ");
    size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
    size_t most = sizeof(((struct log_place *)NULL)->name) - 1;

    return length < most ? length : most;
}

static void log_suppressed(struct log *log, struct log_place *place)
{
    char counted[LONGEST_MESSAGE];

    if (place->untold > 0) {
        snprintf(counted, sizeof(counted), "%s: %" PRIu64 " more errors from here, not shown", place->name,
                 place->untold);
        place->untold = 0;
        log_both(log, place->level, counted);
    }
}

/* The record of the message's position; the one that logged longest ago is replaced. */
static struct log_place *find_place(struct log *log, const char *text)
{
    size_t length = place_length(text);
    struct log_place *oldest = &log->places[0];

    for (int i = 0; i < LOG_PLACES; i++) {
        struct log_place *place = &log->places[i];

        if (strlen(place->name) == length && memcmp(place->name, text, length) == 0) {
            return place;
        }
        oldest = place->told < oldest->told ? place : oldest;
    }
    log_suppressed(log, oldest);
    *oldest = (struct log_place){.told = 0};
    memcpy(oldest->name, text, length);
    return oldest;
}

void log_limited(struct log *log, enum log_level level, const char *text)
{
    struct log_place *place = find_place(log, text);
    int64_t now = clock_now(CLOCK_MONOTONIC);

    place->level = level;
    if (place->told != 0 && now - place->told < CLOCK_SECOND) {
        place->untold++;
        return;
    }
    place->told = now;
    if (place->untold > 0) {
        char counted[LONGEST_MESSAGE];

        snprintf(counted, sizeof(counted), "%s (and %" PRIu64 " errors before it, not shown)", text,
                 place->untold);
        place->untold = 0;
        log_both(log, level, counted);
    } else {
        log_both(log, level, text);
    }
}

void log_flush(struct log *log)
{
    for (int i = 0; i < LOG_PLACES; i++) {
        log_suppressed(log, &log->places[i]);
    }
}

/* Writes what a script says: the text at the top. Stack: [text] -> [text], as it was written */
static void write_text_lj(lua_State *L, struct log *log, enum log_level level)
{
    value_shorten_lj(L, LONGEST_OF_SCRIPT);
    budget_charge_lj(L, UNITS_OF_MESSAGE + UNITS_OF_BYTE * (size_t)lua_rawlen(L, -1));
    value_clean_lj(L, UTF8_MESSAGE);
    log_write(log, level, lua_tostring(L, -1));
}

/* Writes the value at the top, as text. Stack: [value] -> [value, text] */
static void write_value_lj(lua_State *L, struct log *log, enum log_level level)
{
    luaL_tolstring(L, -1, NULL); /* value, text */
    write_text_lj(L, log, level);
}

/* lure.log.LEVEL(format, ...); upvalues: log, level, string.format */
static int log_level_lj(lua_State *L)
{
    struct log *log = lua_touserdata(L, lua_upvalueindex(1));
    enum log_level level = (enum log_level)lua_tointeger(L, lua_upvalueindex(2));

    if (level > log->least) {
        return 0;
    }
    luaL_checkany(L, 1);
    if (lua_gettop(L) == 1) {
        write_value_lj(L, log, level); /* value, text */
        return 0;
    }
    lua_pushvalue(L, lua_upvalueindex(3)); /* ..., format */
    lua_insert(L, 1);                      /* format, ... */
    lua_call(L, lua_gettop(L) - 1, 1);     /* text */
    write_value_lj(L, log, level);         /* text, text */
    return 0;
}

void log_open_lj(lua_State *L, struct log *log)
{
    lua_createtable(L, 0, LOG_LEVEL_TRACE); /* format, table */
    lua_insert(L, -2);                      /* table, format */
    for (int level = LOG_LEVEL_FATAL; level <= LOG_LEVEL_TRACE; level++) {
        lua_pushlightuserdata(L, log);           /* table, format, log */
        lua_pushinteger(L, level);               /* table, format, log, level */
        lua_pushvalue(L, -3);                    /* table, format, log, level, format */
        lua_pushcclosure(L, log_level_lj, 3);    /* table, format, function */
        lua_setfield(L, -3, level_names[level]); /* table, format */
    }
    lua_pop(L, 1); /* table */
}

/* Logs all arguments as one message; upvalues: log, the separator, level. */
static int say_lj(lua_State *L)
{
    struct log *log = lua_touserdata(L, lua_upvalueindex(1));
    int count = lua_gettop(L);
    luaL_Buffer text;

    luaL_buffinit(L, &text);
    for (int i = 1; i <= count; i++) {
        if (i > 1) {
            luaL_addstring(&text, lua_tostring(L, lua_upvalueindex(2)));
        }
        luaL_tolstring(L, i, NULL);
        budget_count(L, BUDGET_OF_STEP + (size_t)lua_rawlen(L, -1));
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text); /* ..., text */
    write_text_lj(L, log, (enum log_level)lua_tointeger(L, lua_upvalueindex(3)));
    return 0;
}

void log_push_say_lj(lua_State *L, struct log *log, enum log_level level, const char *separator)
{
    lua_pushlightuserdata(L, log);  /* log */
    lua_pushstring(L, separator);   /* log, separator */
    lua_pushinteger(L, level);      /* log, separator, level */
    lua_pushcclosure(L, say_lj, 3); /* function */
}
