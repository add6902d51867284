#include "modules/time.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/parsetext.h"
#include "lua/budget.h"
#include "time/notations.h"
#include "time/parseformat.h"
#include "time/printformat.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#define PARSE  "lure.time.parse"
#define FORMAT "lure.time.format"

/* No text of a time, and no format, is longer. */
#define MOST_BYTES 1024

/* How much of a text a message shows. */
#define MOST_SHOWN 64

/* Units of the time budget that a byte takes. */
#define UNITS_OF_BYTE 4

/* A zone's offset from UTC in seconds, of the argument at `index`. */
static int check_zone_lj(lua_State *L, int index, const char *function)
{
    size_t length;
    const char *text;
    struct moment moment;

    if (lua_isnoneornil(L, index)) {
        return 0;
    }
    text = luaL_checklstring(L, index, &length);
    moment = moment_begin(text, length);
    if (!take_zone(&moment) || moment.at < moment.end) {
        lua_pushlstring(L, text, length < MOST_SHOWN ? length : MOST_SHOWN); /* ..., text */
        return luaL_error(
            L,
            "%s: zone: expected \"UTC\" or an offset such as \"+01:00\", got \"%s\"%s (names of zones "
            "are not known)",
            function, lua_tostring(L, -1), length > MOST_SHOWN ? "..." : "");
    }
    return moment.east;
}

/* The format at `index`, NULL where there is none. What its conversions mean is not looked at. */
static const char *check_format_lj(lua_State *L, int index, const char *function)
{
    size_t length;
    const char *format = luaL_optlstring(L, index, NULL, &length);

    if (format != NULL && (length > MOST_BYTES || text_has_nul(format, length))) {
        luaL_error(L, "%s: a format has at most %d bytes, and no NUL", function, MOST_BYTES);
    }
    return format;
}

static int unknown_conversion_lj(lua_State *L, const char *function, const char *unknown)
{
    char conversion[4] = {0};

    memcpy(conversion, unknown, strnlen(unknown, 3));
    if (conversion[1] != ':') {
        conversion[2] = '\0';
    }
    return luaL_error(L, "%s: \"%s\" in the format means nothing; docs/reference.md lists what does",
                      function, conversion);
}

/* Stack: [text, ...] -> [..., nil, why] */
static int push_failure_lj(lua_State *L, enum time_read read, const char *format)
{
    static const char *const reasons[] = {
        [TIME_READ_OK] = "not in the years 1677 to 2262, which ns in 64 bits have: ",
        [TIME_READ_SYNTAX] = "not a time in a notation that is known: ",
        [TIME_READ_DATE] = "a day that does not exist: ",
        [TIME_READ_RANGE] = "not in the years 1677 to 2262, which ns in 64 bits have: ",
    };
    size_t length;
    const char *text = lua_tolstring(L, 1, &length);

    luaL_pushfail(L); /* ..., nil */
    if (read == TIME_READ_SYNTAX && format != NULL) {
        lua_pushfstring(L, "not a time of the format \"%s\": ", format); /* ..., nil, reason */
    } else {
        lua_pushstring(L, reasons[read]);
    }
    lua_pushliteral(L, "\""); /* ..., nil, reason, quote */
    lua_pushlstring(L, text, length < MOST_SHOWN ? length : MOST_SHOWN);
    lua_pushstring(L, length > MOST_SHOWN ? "...\"" : "\""); /* ..., nil, reason, quote, text, quote */
    lua_concat(L, 4);                                        /* ..., nil, why */
    return 2;
}

/* A number since 1970; Lua's own are read as the texts that they are printed as. */
static enum time_read read_number(lua_State *L, const struct time_defaults *defaults, struct instant *instant)
{
    char text[FLOAT_TEXT];
    double number = lua_tonumber(L, 1);

    if (lua_isinteger(L, 1)) {
        lua_Integer integer = lua_tointeger(L, 1);
        uint64_t whole = (uint64_t)integer;

        time_from_number(integer < 0 ? 0 - whole : whole, 0, integer < 0, instant);
        return instant_is_valid(instant) ? TIME_READ_OK : TIME_READ_RANGE;
    }
    if (fabs(number) < 0x1p63 && floor(number) == number) {
        time_from_number((uint64_t)fabs(number), 0, number < 0, instant);
        return instant_is_valid(instant) ? TIME_READ_OK : TIME_READ_RANGE;
    }
    if (!isfinite(number)) {
        return TIME_READ_SYNTAX;
    }
    return time_read_any(text, float_text(number, text), defaults, instant);
}

/* Reads the text at 1; NULL is no format. */
static enum time_read read_text_lj(lua_State *L, const char *format, const struct time_defaults *defaults,
                                   struct instant *instant)
{
    size_t length;
    const char *text = lua_tolstring(L, 1, &length);

    if (length > MOST_BYTES) {
        return TIME_READ_SYNTAX;
    }
    budget_charge_lj(L, BUDGET_OF_STEP + UNITS_OF_BYTE * length);
    return format != NULL ? time_read_format(format, text, length, defaults, instant)
                          : time_read_any(text, length, defaults, instant);
}

static int64_t seconds_now(void)
{
    return clock_now(CLOCK_REALTIME_COARSE) / CLOCK_SECOND;
}

static int parse_lj(lua_State *L)
{
    const char *format = NULL, *unknown;
    struct time_defaults defaults = {.now = seconds_now};
    struct instant instant;
    enum time_read read;
    int64_t ns;

    if (lua_gettop(L) > 1) {
        format = check_format_lj(L, 2, PARSE);
        defaults.east = check_zone_lj(L, 3, PARSE);
    }
    switch (lua_type(L, 1)) {
    case LUA_TSTRING:
        read = read_text_lj(L, format, &defaults, &instant);
        break;
    case LUA_TNUMBER:
        read = format == NULL ? read_number(L, &defaults, &instant)
                              : read_text_lj(L, format, &defaults, &instant);
        break;
    default:
        luaL_pushfail(L);
        lua_pushfstring(L, "expected a text or a number, got %s", luaL_typename(L, 1));
        return 2;
    }
    if (read == TIME_READ_OK && instant_nanoseconds(&instant, &ns)) {
        lua_pushinteger(L, ns);
        return 1;
    }
    if (read == TIME_READ_SYNTAX && format != NULL && !time_check_format(format, &unknown)) {
        return unknown_conversion_lj(L, PARSE, unknown);
    }
    return push_failure_lj(L, read, format);
}

static int format_lj(lua_State *L)
{
    lua_Integer ns = luaL_checkinteger(L, 1);
    const char *format = check_format_lj(L, 2, FORMAT), *unknown;
    int east = check_zone_lj(L, 3, FORMAT);
    luaL_Buffer buffer;
    size_t length;

    if (format == NULL) {
        char text[TIME_PRINT_RFC3339];

        lua_pushlstring(L, text, time_print_rfc3339(text, ns, east));
        return 1;
    }
    if (!time_check_print_format(format, &unknown)) {
        return unknown_conversion_lj(L, FORMAT, unknown);
    }
    length = strlen(format);
    budget_charge_lj(L, BUDGET_OF_STEP + TIME_PRINT_MOST * UNITS_OF_BYTE * length);
    luaL_pushresultsize(
        &buffer, time_print(luaL_buffinitsize(L, &buffer, TIME_PRINT_MOST * length), format, ns, east));
    return 1;
}

int luaopen_lure_time(lua_State *L)
{
    static const luaL_Reg functions[] = {{"parse", parse_lj}, {"format", format_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
