/*
 * apiscript: scripts for the fuzz targets that call the functions of a plugin API in any order, made as the
 * input says.
 *
 * apiscript_write writes one to a file in scratch.h's directory, over the one before, and names it in
 * LURE_SCRIPT.
 */
#ifndef LURE_FUZZ_APISCRIPT_H
#define LURE_FUZZ_APISCRIPT_H

#include "input.h"
#include "scratch.h"

#define MOST_PARTS 7 /* of a row, with a NULL behind them */

/* Parts of a script's table; of each row one, or none. Those of API 3 alone stand in `newer`. */
static const char *const script_parts[][MOST_PARTS] = {
    {"next = function(i) n = n + 1 if n % 7 == 0 then return nil end return 'payload ' .. n end,",
     "next = function() n = n + 1 return { n, '{\"a\": [1, \"x\"], \"b\": ' .. n .. '}', '', ('y'):rep(n) } "
     "end,",
     "next = function() n = n + 1 if n % 3 == 0 then error('no ' .. n) end return '{\"b\": {\"a\": true}}' "
     "end,",
     "next = function() n = n + 1 if n % 5 == 0 then return lure.TIMEOUT end return ('\\xff\\0z'):rep(n % "
     "50), n end,",
     "next = function() n = n + 1 if n % 4 == 0 then return nil, 'the end of it' end return n end,",
     "next = function() n = n + 1 return { { 'x', n }, ('z'):rep(5000), n } end,"},
    {"", "", "open = function(params) return { params = params } end,",
     "open = function(params) if #tostring(params) % 2 == 1 then error 'not this one' end return params or 1 "
     "end,",
     "open = function(p) return function() n = n + 1 if n % 6 > 0 then return '{\"a\": ' .. n .. '}' end end "
     "end,"},
    {"", "close = function() n = n + 1 end,", "close = function() error 'close' end,"},
    {"", "progress = function() return 0.5, 'half' end,",
     "progress = function() return 0/0, ('\\xff'):rep(n % 9) end,"},
    {"", "to_string = function(v, e) return 'shown ' .. tostring(v) .. tostring(e.data) end,",
     "to_string = function() return '\\xff\\0\\27' .. n end,",
     "to_string = function() error 'to_string' end,"},
    {"", "decode = function(event) return lure.json.decode(event.data) end,",
     "decode = function(event) return lure.json.parse(event.data) end,",
     "decode = function(event) return { a = event.num, b = event.ts, c = event.type } end,"},
    {"", "init = function(config) config_seen = config end,",
     "init = function() n = 100 end, reload = function() end,",
     "init = function(config) if config.a then error 'refused' end end,"},
    {"", "destroy = function() n = 0 end,", "destroy = function() error 'destroy' end,"},
    {"batch = { milliseconds = 1 },", "batch = { events = 3, milliseconds = 1 },",
     "batch = { events = 1, bytes = 100, milliseconds = 1 },"},
    {"", "config = { a = { type = 'integer', default = 5 } },", "init_schema = [[{\"type\": \"object\"}]],"},
    {"", "open_params = { { value = 'y', desc = 'z' } },", "open_params = function() return { n } end,",
     "open_params = function() error 'open_params' end,"},
};

static const char *const script_fields[] = {
    "{ name = 'x.a', type = 'uint64', desc = '-', path = '/a' },",
    "{ name = 'x.b', type = 'string', desc = '-', path = { '/b', '/a' }, default = 'none' },",
    "{ name = 'x.f', type = 'string', desc = '-', extract = function(v, arg, e) return e.data end },",
    "{ name = 'x.k', type = 'string', desc = '-', arg = { key = true }, path = lure.ARG },",
    "{ name = 'x.i', type = 'uint64', desc = '-', arg = { index = true }, extract = function(v, i) return i "
    "end },",
    "{ name = 'x.e', type = 'uint64', desc = '-', extract = function() n = n + 1 return n % 4 > 0 and n or "
    "error(n) end },",
    "{ name = 'x.n', type = 'uint64', desc = '-', extract = function(v, arg, e) return e.num end },",
    "{ name = 'x.r', type = 'string', desc = '-', arg = { key = true, required = true, index = true }, "
    "extract = value },",
    "{ name = 'x.w', type = 'uint64', desc = '-', extract = function(v, a, e) return e.num % 4 == 0 and "
    "'wrong' or 7 end },",
};
static const char *const script_newer_fields[] = {
    "{ name = 'x.l', type = 'string', desc = '-', list = true, path = '/a', arg = { index = true } },",
    "{ name = 'x.ll', type = 'uint64', desc = '-', list = true, extract = function(v, a, e) return { 1, n, "
    "e.num } end },",
    "{ name = 'x.ip', type = 'ipaddr', desc = '-', extract = function() return '::1' end },",
    "{ name = 'x.bool', type = 'bool', desc = '-', path = '/b/a' },",
    "{ name = 'x.p', type = 'string', desc = '-', extract = function(v, a, e) return tostring(e.param[1]) "
    "end },",
    "{ name = 'x.t', type = 'uint64', desc = '-', extract = function() return #own end },",
};
static const char *const script_parse[] = {
    "",
    "parse = function(e) n = n + 1 own:add(n % 9, { v = n, s = tostring(e.data) }) own:erase(n % 5) end,",
    "parse = function(e) own:each(function(entry, k) entry.t:add(k) if k > 6 then own:clear() end end) end,",
    "parse = function(e) kept = own:get(1) or kept; lure.emit('a', e.data or '') kept.v = n end,",
    "parse = function(e) error('parse ' .. e.num) end,",
};
static const char *const script_newer[][MOST_PARTS] = {
    {"", "extract_event_sources = { 'syscall', 'x', 'other' },",
     "extract_event_types = { 'open', 322, 'asyncevent' },", "extract_event_sources = { 'syscall' },"},
    {"", "async_events = { 'a', 'b' },",
     "async_events = { 'a' }, async_interval = 86400, async = function(emit) emit('a', 'data') end,",
     "async_events = { 'a' }, dump_state = function(emit) for i = 1, 3 do emit('a', ('d'):rep(i * 50)) end "
     "end,",
     "async_events = { 'a', 'b' }, dump_state = function(emit) emit('nothing', 'x') error 'dump' end,"},
    {"", "", "metrics = true,",
     "metrics = function() return { { name = 'm.x', value = n }, { name = 'f', value = 1.5 } } end,",
     "metrics = function() return { { name = '\\xff', value = 'x' } } end,",
     "metrics = function() error 'metrics' end,"},
    {"", "set_config = function(config) n = config.a or n end,",
     "set_config = function() error 'set_config' end,"},
    {"", "", "capture_open = function() own:clear() end,",
     "capture_open = function() n = n + 1 end, capture_close = function() own:add(1, { v = 1 }) end,",
     "capture_open = function() error 'capture_open' end, capture_close = function() error 'capture_close' "
     "end,"},
    {"required_api_version = '3.7.0',", ""},
};

static inline void write_one(FILE *file, const char *const *row)
{
    unsigned count = 0;

    while (row[count] != NULL) {
        count++;
    }
    fprintf(file, "%s\n", row[input_below(count)]);
}

/* Each bit of `which` is a field. */
static inline void write_fields(FILE *file, unsigned which)
{
    const unsigned old = sizeof(script_fields) / sizeof(script_fields[0]);

    fprintf(file, "fields = {\n");
    for (unsigned i = 0; i < old; i++) {
        fprintf(file, "%s\n", (which >> i & 1) != 0 ? script_fields[i] : "");
    }
    for (unsigned i = 0; i < sizeof(script_newer_fields) / sizeof(script_newer_fields[0]); i++) {
        fprintf(file, "%s\n", (which >> (old + i) & 1) != 0 ? script_newer_fields[i] : "");
    }
    fprintf(file, "},\n");
}

/* What only the plugin API 3 has. */
static inline void write_newer(FILE *file, const char *parse)
{
    fprintf(file,
            "tables = { own = { key = 'int64', fields = { v = 'uint64', s = 'string',\n"
            "t = { key = 'int64', fields = { v = 'int8' } } } } },\n%s\n",
            parse);
    for (size_t i = 0; i < sizeof(script_newer) / sizeof(script_newer[0]); i++) {
        write_one(file, script_newer[i]);
    }
}

/* `all`: with what only the plugin API 3 has. */
static inline void apiscript_write(bool all)
{
    unsigned which = input_below(all ? 1u << 15 : 1u << 9);
    const char *parse = all ? INPUT_PICK(script_parse) : "";
    FILE *file;

    if (scratch_directory[0] == '\0') {
        scratch_make(false);
        setenv("LURE_SCRIPT", scratch_path("script.lua"), 1);
    }
    file = fopen(scratch_path("script.lua"), "w");
    if (file == NULL) {
        perror(scratch_directory);
        abort();
    }
    which |= all && *parse == '\0' ? 1 : 0; /* tables are only for plugins with fields or parse */
    fprintf(file,
            "local lure = require 'lure'\nlocal n, kept, config_seen = 0\n%s\n"
            "local function value(v, arg) return arg .. '\\0\\xff' end\n"
            "return { name = 'x', version = '0.1.0',\n",
            all ? "local own = lure.table('own')" : "");
    if (input_below(6) != 5) {
        fprintf(file, "id = 999, event_source = 'x',\n");
        for (size_t i = 0; i < sizeof(script_parts) / sizeof(script_parts[0]); i++) {
            write_one(file, script_parts[i]);
        }
    }
    if (which != 0) {
        write_fields(file, which);
    }
    if (all) {
        write_newer(file, parse);
    }
    fprintf(file, "}%s\n", input_below(32) == 31 ? "}" : "");
    fclose(file);
}

/* A text for init or set_config; may be NULL. */
static inline const char *apiscript_config(void)
{
    static const char *const configs[] = {
        "",
        NULL,
        "{}",
        "{\"lure\": {\"reload\": true}}",
        "{\"lure\": {\"reload\": true, \"optimize\": false}}",
        "{\"a\": 7}",
        "{\"a\": \"7\"}",
        "{\"lure\": {\"optimize\": false}}",
        "x",
        "[1]",
        "{\"lure\": {\"memory\": 4194304, \"max_errors\": 1}}",
        "{\"lure\": {\"sandbox\": \"safe\"}}",
    };

    return INPUT_PICK(configs);
}

#endif
