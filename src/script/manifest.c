#include "script/manifest.h"

#include "base/text.h"
#include "event/value.h"
#include "json/cjson_parse.h"
#include "lua/garbage.h"
#include "modules/lure.h"
#include "script/copies.h"
#include "script/environment.h"
#include "script/fieldlist.h"
#include "script/fieldpath.h"
#include "script/formatpaths.h"
#include "script/manifestchecks.h"
#include "script/payloadformat.h"
#include "script/require.h"
#include "script/sandbox.h"
#include "script/scriptmodules.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds between two calls of `async`. */
#define SHORTEST_INTERVAL 0.001
#define LONGEST_INTERVAL  86400.0

static const struct batch_limits default_batch = {.events = 512, .bytes = 1 << 20, .milliseconds = 20};

const struct field *manifest_field(const struct manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->field_count; i++) {
        if (strcmp(manifest->fields[i].name, name) == 0) {
            return &manifest->fields[i];
        }
    }
    return NULL;
}

/* Pushes the value of a key of the plugin table at `index`. Stack: [] -> [value] */
static void push_script_key_lj(lua_State *L, int index, enum script_key key)
{
    index = lua_absindex(L, index);
    lua_pushstring(L, script_keys[key].name); /* name */
    lua_rawget(L, index);                     /* value */
}

static enum script_key key_named(const char *name)
{
    int key = 0;

    while (key < KEY_COUNT && strcmp(script_keys[key].name, name) != 0) {
        key++;
    }
    return (enum script_key)key;
}

/* The line where the function at the top of the stack begins in the script; 0: it is none, or from another
 * file. */
static int line_of_function(lua_State *L, const struct script_source *source)
{
    lua_Debug info;

    if (!lua_isfunction(L, -1) || lua_iscfunction(L, -1)) {
        return 0;
    }
    lua_pushvalue(L, -1);        /* function */
    lua_getinfo(L, ">S", &info); /* */
    return info.source[0] == '@' && strcmp(info.source + 1, source->name) == 0 ? info.linedefined : 0;
}

/* The value stands at the top. */
static void report_unknown_key(lua_State *L, struct manifest *manifest, const char *name)
{
    struct findings *findings = &manifest->findings;
    const char *nearest = text_nearest(name, script_key_names);
    int line = line_of_function(L, findings->source);
    char text[256];

    if (nearest != NULL) {
        manifest->wrong[key_named(nearest)] = true;
        snprintf(text, sizeof(text), "unknown key \"%.80s\" in the plugin table; did you mean \"%s\"?", name,
                 nearest);
    } else {
        snprintf(text, sizeof(text), "unknown key \"%.80s\" in the plugin table; keep state in locals", name);
    }
    if (line > 0) {
        findings_add_at(findings, line, text);
    } else {
        findings_add(findings, name, "%s", text);
    }
}

/* Stack: [key, value] unchanged */
static void check_key(lua_State *L, struct manifest *manifest)
{
    const char *name = value_name(L, -2);
    enum script_key key = name != NULL ? key_named(name) : KEY_COUNT;
    char got[96];

    value_describe(L, name == NULL ? -2 : -1, got, sizeof(got));
    if (name == NULL) {
        findings_add(&manifest->findings, NULL, "the plugin table has the key %s; its keys are names", got);
    } else if (key == KEY_COUNT) {
        report_unknown_key(L, manifest, name);
    } else if (!key_accepts(script_keys[key].kinds, lua_type(L, -1), lua_isinteger(L, -1))) {
        findings_add(&manifest->findings, name, "%s: expected %s, got %s", name,
                     key_expected(script_keys[key].kinds), got);
        manifest->wrong[key] = true;
    } else {
        manifest->has[key] = true;
    }
}

static void check_keys_lj(lua_State *L, int index, struct manifest *manifest)
{
    index = lua_absindex(L, index);
    lua_pushnil(L);                   /* key */
    while (lua_next(L, index) != 0) { /* key, value */
        check_key(L, manifest);
        lua_pop(L, 1); /* key */
    }
}

/* A copy of a string key, as UTF8_TEXT; else of `fallback`. NULL: the key is not there, or memory is out. */
static char *read_text_lj(lua_State *L, int index, struct manifest *manifest, enum script_key key,
                          const char *fallback)
{
    char *copy, got[96];
    size_t length;
    const char *text;

    if (!manifest->has[key]) {
        return text_copy(fallback);
    }
    push_script_key_lj(L, index, key); /* value */
    text = lua_tolstring(L, -1, &length);
    if (text_has_nul(text, length)) {
        findings_add(&manifest->findings, script_keys[key].name, "%s: contains a NUL character",
                     script_keys[key].name);
    } else if ((key == KEY_NAME || key == KEY_EVENT_SOURCE) && length > 0 && !utf8_is_name(text, length)) {
        value_describe(L, -1, got, sizeof(got));
        findings_add(&manifest->findings, script_keys[key].name,
                     "%s: expected UTF-8 without control or invisible characters, got %s",
                     script_keys[key].name, got);
    }
    copies_charge_lj(L, length + 1);
    copy = utf8_copy(text, length, UTF8_TEXT);
    lua_pop(L, 1); /* */
    if (copy == NULL) {
        vm_no_memory_lj(L);
    }
    return copy;
}

static void read_id_lj(lua_State *L, int index, struct manifest *manifest)
{
    lua_Integer id;

    if (!manifest->has[KEY_ID]) {
        return;
    }
    push_script_key_lj(L, index, KEY_ID); /* value */
    id = lua_tointeger(L, -1);
    lua_pop(L, 1); /* */
    if (id < 1 || id > UINT32_MAX) {
        findings_add(&manifest->findings, "id",
                     "id: expected an integer from 1 to 4294967295, got %lld (999 is for "
                     "tests)",
                     (long long)id);
        return;
    }
    manifest->id = (uint32_t)id;
}

/* Reads one of the numbers in `batch`. Stack: [batch] -> [batch] */
static lua_Integer read_batch_number_lj(lua_State *L, struct manifest *manifest, const char *name,
                                        lua_Integer fallback, lua_Integer least, lua_Integer most)
{
    lua_Integer number = fallback;
    char got[96];

    lua_pushstring(L, name);             /* batch, name */
    if (lua_rawget(L, -2) != LUA_TNIL) { /* batch, value */
        number = lua_tointeger(L, -1);
        if (!lua_isinteger(L, -1) || number < least || number > most) {
            value_describe(L, -1, got, sizeof(got));
            findings_add(&manifest->findings, name, "batch.%s: expected an integer from %lld to %lld, got %s",
                         name, (long long)least, (long long)most, got);
            number = fallback;
        }
    }
    lua_pop(L, 1); /* batch */
    return number;
}

static void read_batch_lj(lua_State *L, int index, struct manifest *manifest)
{
    static const char *const names[] = {"events", "bytes", "milliseconds", NULL};
    struct batch_limits *batch = &manifest->batch;

    *batch = default_batch;
    if (!manifest->has[KEY_BATCH]) {
        return;
    }
    push_script_key_lj(L, index, KEY_BATCH); /* batch */
    findings_check_names_lj(&manifest->findings, L, -1, "batch", names);
    batch->events = (uint32_t)read_batch_number_lj(L, manifest, "events", batch->events, 1, 1 << 20);
    batch->bytes = (size_t)read_batch_number_lj(L, manifest, "bytes", (lua_Integer)batch->bytes, 1, 1 << 30);
    batch->milliseconds =
        (unsigned)read_batch_number_lj(L, manifest, "milliseconds", batch->milliseconds, 1, 100);
    lua_pop(L, 1); /* */
}

static void read_schemas_lj(lua_State *L, int index, struct manifest *manifest)
{
    if (manifest->has[KEY_CONFIG]) {
        push_script_key_lj(L, index, KEY_CONFIG); /* value */
        manifest->config = copies_json_lj(L, -1, "config");
        lua_pop(L, 1); /* */
    }
    if (manifest->has[KEY_PARAMS]) {
        push_script_key_lj(L, index, KEY_PARAMS); /* value */
        manifest->params = copies_json_lj(L, -1, "params");
        lua_pop(L, 1); /* */
    }
    if (manifest->has[KEY_INIT_SCHEMA]) {
        push_script_key_lj(L, index, KEY_INIT_SCHEMA); /* value */
        manifest->init_schema = value_name(L, -1) != NULL ? json_parse(lua_tostring(L, -1), NULL) : NULL;
        if (!cJSON_IsObject(manifest->init_schema)) {
            findings_add(&manifest->findings, "init_schema",
                         "init_schema: expected the text of a JSON object");
        }
        lua_pop(L, 1); /* */
    }
}

static void read_events_lj(lua_State *L, int index, struct manifest *manifest)
{
    struct findings *findings = &manifest->findings;

    filter_read_lj(L, index, manifest->has, KEY_EXTRACT_EVENT_SOURCES, KEY_EXTRACT_EVENT_TYPES,
                   &manifest->extract, findings);
    filter_read_lj(L, index, manifest->has, KEY_PARSE_EVENT_SOURCES, KEY_PARSE_EVENT_TYPES, &manifest->parse,
                   findings);
    if (manifest->has[KEY_ASYNC_EVENTS]) {
        manifest->async_events = names_read_lj(L, index, KEY_ASYNC_EVENTS, findings);
    }
    if (manifest->has[KEY_ASYNC_EVENT_SOURCES]) {
        manifest->async_event_sources = names_read_lj(L, index, KEY_ASYNC_EVENT_SOURCES, findings);
    }
    manifest->async_interval = 1;
    if (manifest->has[KEY_ASYNC_INTERVAL]) {
        push_script_key_lj(L, index, KEY_ASYNC_INTERVAL); /* value */
        manifest->async_interval = lua_tonumber(L, -1);
        lua_pop(L, 1); /* */
        if (!(manifest->async_interval >= SHORTEST_INTERVAL &&
              manifest->async_interval <= LONGEST_INTERVAL)) {
            findings_add(findings, "async_interval", "async_interval: expected seconds from %g to %g, got %g",
                         SHORTEST_INTERVAL, LONGEST_INTERVAL, manifest->async_interval);
        }
    }
}

/* `metrics = false` is as if it were not there. */
static void read_metrics_lj(lua_State *L, int index, struct manifest *manifest)
{
    if (manifest->has[KEY_METRICS]) {
        push_script_key_lj(L, index, KEY_METRICS); /* value */
        manifest->has[KEY_METRICS] = lua_toboolean(L, -1);
        lua_pop(L, 1); /* */
    }
}

static void read_open_params_lj(lua_State *L, int index, struct manifest *manifest)
{
    if (!manifest->has[KEY_OPEN_PARAMS]) {
        return;
    }
    push_script_key_lj(L, index, KEY_OPEN_PARAMS); /* value */
    if (lua_istable(L, -1)) {
        manifest->open_params = manifest_read_open_params_lj(L, -1, &manifest->findings);
    }
    lua_pop(L, 1); /* */
}

/* Reads `format`, `inside`, `when` and the fields, and fits them together. */
static void read_fields_lj(lua_State *L, int index, struct manifest *manifest)
{
    const unsigned findings = manifest->findings.count;
    bool is_sound;

    payloadformat_read_lj(L, index, manifest->has, &manifest->format, &manifest->findings);
    is_sound = manifest->findings.count == findings;
    if (manifest->has[KEY_WHEN]) {
        push_script_key_lj(L, index, KEY_WHEN); /* when */
        manifest->when = fieldpath_read_when_lj(L, &manifest->findings);
        lua_pop(L, 1); /* */
    }
    if (manifest->has[KEY_FIELDS]) {
        push_script_key_lj(L, index, KEY_FIELDS); /* fields */
        fields_read_lj(L, -1, manifest->api, manifest->has[KEY_EXTRACT], &manifest->fields,
                       &manifest->field_count, &manifest->findings);
        lua_pop(L, 1); /* */
    }
    if (is_sound) { /* of a format that is wrong all paths would seem so */
        formatpaths_finish_lj(L, manifest);
    }
}

static void read_table_lj(lua_State *L, int index, struct manifest *manifest)
{
    check_keys_lj(L, index, manifest);
    manifest->name = read_text_lj(L, index, manifest, KEY_NAME, NULL);
    manifest->description = read_text_lj(L, index, manifest, KEY_DESCRIPTION, "");
    manifest->contact = read_text_lj(L, index, manifest, KEY_CONTACT, "");
    manifest->version = read_text_lj(L, index, manifest, KEY_VERSION, NULL);
    manifest->event_source = read_text_lj(L, index, manifest, KEY_EVENT_SOURCE, NULL);
    manifest->required_api_version = read_text_lj(L, index, manifest, KEY_REQUIRED_API_VERSION, NULL);
    manifest->required_event_schema_version =
        read_text_lj(L, index, manifest, KEY_REQUIRED_EVENT_SCHEMA_VERSION, NULL);
    read_id_lj(L, index, manifest);
    read_batch_lj(L, index, manifest);
    read_schemas_lj(L, index, manifest);
    read_open_params_lj(L, index, manifest);
    read_events_lj(L, index, manifest);
    read_metrics_lj(L, index, manifest);
    if (manifest->has[KEY_TABLES]) {
        statetables_read_own_lj(L, index, &manifest->offered, &manifest->findings);
    }
    read_fields_lj(L, index, manifest);
    manifest_check(manifest);
}

void manifest_run_script_lj(lua_State *L)
{
    struct vm *vm = vm_of(L);
    char got[96];

    sandbox_open_lj(L);
    require_open_lj(L);
    statetables_open_lj(L);
    environment_open_lj(L);
    lure_open_lj(L, vm->log);
    scriptmodules_open_lj(L, vm->limits);
    garbage_begin(L);
    vm->declaring = true;
    if (script_source_load_lj(L, vm->source) != LUA_OK) { /* function or message */
        lua_error(L);
    }
    lua_call(L, 0, 1); /* table */
    vm->declaring = false;
    if (!lua_istable(L, -1)) {
        value_describe(L, -1, got, sizeof(got));
        vm_fail_lj(
            L, 0, "expected the script to return its plugin table, got %s; end it with \"return plugin\"%s",
            lua_isnil(L, -1) ? "nothing" : got, lua_isnil(L, -1) ? script_source_doubt(vm->source) : "");
    }
}

static int read_script_lj(lua_State *L)
{
    struct manifest *manifest = lua_touserdata(L, 1);

    manifest_run_script_lj(L); /* request, table */
    manifest->used = vm_of(L)->tables;
    vm_of(L)->tables = (struct declared_tables){NULL, 0};
    read_table_lj(L, -1, manifest);
    return 0;
}

struct manifest *manifest_read(struct script_source *source, enum abi api, const struct limits *limits,
                               struct memory_budget *budget, struct log *log)
{
    struct manifest *manifest = calloc(1, sizeof(*manifest));
    struct memory_budget own = {.limit = limits->memory};
    struct vm vm;

    if (manifest == NULL) {
        return NULL;
    }
    manifest->api = api;
    manifest->source = script_source_hold(source);
    manifest->findings.source = source;
    if (!vm_open(&vm, limits, budget != NULL ? budget : &own, source, log)) {
        manifest_free(manifest);
        return NULL;
    }
    if (!vm_call(&vm, NULL, VM_CLOCK_WALL, read_script_lj, manifest)) {
        findings_add_placed(&manifest->findings, vm_error(&vm));
    }
    manifest->copied = vm.copied;
    manifest->modules = vm.modules;
    manifest->module_count = vm.module_count;
    vm.modules = NULL;
    vm.module_count = 0;
    vm_close(&vm);
    return manifest;
}

void manifest_free(struct manifest *manifest)
{
    if (manifest == NULL) {
        return;
    }
    format_free(manifest->format);
    fields_free(manifest->fields, manifest->field_count);
    paths_free(manifest->when);
    cJSON_Delete(manifest->config);
    cJSON_Delete(manifest->init_schema);
    cJSON_Delete(manifest->params);
    cJSON_Delete(manifest->open_params);
    filter_free(&manifest->extract);
    filter_free(&manifest->parse);
    cJSON_Delete(manifest->async_events);
    cJSON_Delete(manifest->async_event_sources);
    declared_tables_free(&manifest->used);
    declared_tables_free(&manifest->offered);
    free(manifest->name);
    free(manifest->description);
    free(manifest->contact);
    free(manifest->version);
    free(manifest->event_source);
    free(manifest->required_api_version);
    free(manifest->required_event_schema_version);
    findings_free(&manifest->findings);
    vm_free_modules(manifest->modules, manifest->module_count);
    script_source_release(manifest->source);
    free(manifest);
}
