#include "v3/console.h"

#include "base/text.h"
#include "json/pathreason.h"
#include "plugin/callbacks.h"
#include "plugin/fieldpaths.h"
#include "plugin/lifecycle.h"
#include "plugin/testclock.h"
#include "v3/statehandle.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Registry key: the function that "load" returned. */
static const char function_key = 0;

/* One request and its result. If it fails, the plugin's error is set. */
struct asked {
    struct handle *handle;
    struct plugin *plugin;
    const char *text;
    const ss_plugin_event_input *event;
};

static bool keep_answer(struct asked *asked, const char *text, size_t length)
{
    if (owned_text_set(&asked->handle->console_answer, text, length) == NULL) {
        plugin_fail_plain(asked->plugin, TEXT_NO_MEMORY);
        return false;
    }
    return true;
}

/* ---- profiles ---- */

static bool begin_profile(struct asked *asked)
{
    if (!plugin_profile(asked->plugin)) {
        plugin_fail_plain(asked->plugin, TEXT_NO_MEMORY);
        return false;
    }
    return keep_answer(asked, "", 0);
}

static void write_use(FILE *to, const char *kind, const char *name, const struct callback_use *use)
{
    if (use->calls > 0) {
        fprintf(to, "%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\n", kind, name, use->calls, use->errors,
                use->nanoseconds);
    }
}

/* Each field has a line of its own, so the callback `extract` has none. */
static void write_uses(FILE *to, const struct plugin *plugin)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        if (key != KEY_EXTRACT) {
            write_use(to, "callback", script_keys[key].name, &plugin->use[key]);
        }
    }
    write_use(to, "callback", "every", &plugin->use[USE_OF_EVERY]);
    write_use(to, "callback", "spawn", &plugin->use[USE_OF_SPAWN]);
    for (size_t i = 0;
         plugin->extraction.use != NULL && i < plugin->script->field_count && i < plugin->extraction.used;
         i++) {
        write_use(to, "field", plugin->script->fields[i].name, &plugin->extraction.use[i]);
    }
}

static void write_files(FILE *to, const struct plugin *plugin)
{
    const struct vm *vm = &plugin->vm;

    fprintf(to, "%s\n", vm->source->path);
    for (size_t i = 0; i < vm->module_count; i++) {
        fprintf(to, "%s\n", vm->modules[i]->path);
    }
}

/* Keeps what `write` writes. */
static bool answer_written(struct asked *asked, void (*write)(FILE *to, const struct plugin *plugin))
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    bool done = false;

    if (to != NULL) {
        write(to, asked->plugin);
        done = fclose(to) == 0 && keep_answer(asked, text, length);
    } else {
        plugin_fail_plain(asked->plugin, TEXT_NO_MEMORY);
    }
    free(text);
    return done;
}

static bool answer_uses(struct asked *asked)
{
    return answer_written(asked, write_uses);
}

static bool answer_files(struct asked *asked)
{
    return answer_written(asked, write_files);
}

/* ---- the clock ---- */

static bool answer_clock(struct asked *asked)
{
    int64_t moved = 0;
    char text[24];

    if (asked->text != NULL && strcmp(asked->text, "run") == 0) {
        testclock_run(asked->plugin);
        return keep_answer(asked, "", 0);
    }
    moved = testclock_move(asked->plugin, asked->text != NULL ? strtoll(asked->text, NULL, 10) : 0);
    if (moved == TESTCLOCK_BUSY) {
        return keep_answer(asked, "busy", 4);
    }
    return keep_answer(asked, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, moved));
}

/* ---- inside the script's state ---- */

/* Stack: [function, number] -> [name, value], or [] where there is none */
static int upvalue_lj(lua_State *L)
{
    lua_Integer number = luaL_checkinteger(L, 2);
    const char *name;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_argcheck(L, number > 0 && number < INT_MAX, 2, "number out of range");
    name = lua_getupvalue(L, 1, (int)number); /* function, number, value */
    if (name == NULL) {
        return 0;
    }
    lua_pushstring(L, name); /* function, number, value, name */
    lua_insert(L, -2);       /* function, number, name, value */
    return 2;
}

/* Stack: [asked] -> [] */
static int load_lj(lua_State *L)
{
    struct asked *asked = lua_touserdata(L, 1);

    if (luaL_loadbufferx(L, asked->text, strlen(asked->text), "=lure", "t") != LUA_OK) {
        return lua_error(L); /* asked, function */
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, asked->plugin->table); /* asked, function, table */
    lua_pushcfunction(L, upvalue_lj);                        /* asked, function, table, upvalue */
    lua_call(L, 2, 1);                                       /* asked, result */
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &function_key); /* asked */
    return 0;
}

/* Stack: [asked] -> [] */
static int call_lj(lua_State *L)
{
    struct asked *asked = lua_touserdata(L, 1);
    const struct extraction *extraction = &asked->plugin->extraction;
    size_t length;
    const char *answer;

    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &function_key) == LUA_TNIL) { /* asked, function */
        return luaL_error(L, "nothing is loaded that could be called"); /* a reload makes a new Lua state */
    }
    lua_pushstring(L, asked->text); /* asked, function, text */
    if (extraction->object->event != NULL) {
        keptcallbacks_push_event(L); /* ..., text, event */
    } else {
        lua_pushnil(L); /* ..., text, event */
    }
    lua_call(L, 2, 1); /* asked, answer */
    answer = luaL_checklstring(L, -1, &length);
    if (!keep_answer(asked, answer, length)) {
        return luaL_error(L, TEXT_NO_MEMORY);
    }
    return 0;
}

/* Calls function(L) in a protected call without a callback's name. */
static bool run_inside(struct asked *asked, lua_CFunction function)
{
    if (!plugin_call_named(asked->plugin, "console", USE_OF_CONSOLE, function, asked)) {
        plugin_fail(asked->plugin, vm_error(&asked->plugin->vm));
        return false;
    }
    return true;
}

static bool load_chunk(struct asked *asked)
{
    return run_inside(asked, load_lj) && keep_answer(asked, "", 0);
}

static bool call_function(struct asked *asked)
{
    struct extraction *extraction = &asked->plugin->extraction;
    struct event event;
    bool done;

    if (asked->event != NULL && handle_read_event(asked->event, &event)) {
        extraction_show(asked->plugin, &event);
        extraction->object->event = extraction->event;
    }
    done = run_inside(asked, call_lj);
    extraction->object->event = NULL;
    return done;
}

/* ---- reasons ---- */

/* The field of "NAME" or "NAME[ARGUMENT]", with the argument, for which `text` is modified. NULL: there is
 * none, or it does not take this argument. */
static const struct field *find_asked(const struct manifest *script, char *text, struct argument *argument)
{
    char *bracket = strchr(text, '['), *key = NULL;
    size_t length = strlen(text);

    if (bracket != NULL && text[length - 1] == ']') {
        text[length - 1] = *bracket = '\0';
        key = bracket + 1;
    }
    for (size_t i = 0; i < script->field_count; i++) {
        const struct field *field = &script->fields[i];

        if (strcmp(field->name, text) == 0) {
            return extraction_argument(field, key, argument) ? field : NULL;
        }
    }
    return NULL;
}

/* Is the event one that `when` does not let through? Then `text` says why. */
static bool write_other(const struct paths *when, const struct event *json, struct pool *pool,
                        char text[PATH_REASON_TEXT + 16])
{
    const struct paths_request request = {.type = &json_value_type};
    struct value value;
    char reason[PATH_REASON_TEXT];

    paths_find(when, json->data, json->size, &request, pool, &value);
    if (value.outcome != VALUE_ABSENT) {
        return false;
    }
    pathreason_find(when, json->data, json->size, &request, pool, reason);
    snprintf(text, PATH_REASON_TEXT + 16, "other %.*s; see when", PATH_REASON_TEXT - 16, reason);
    return true;
}

/* The reason why the payload has no value of the field, beginning with its kind, "other" where the event is
 * none of the plugin's; "" if unknown. */
static void write_reason(const struct manifest *script, struct payload_format *payload_format,
                         const struct field *field, const struct argument *argument,
                         const struct event *event, char text[PATH_REASON_TEXT + 16])
{
    static const char *const kinds[] = {
        [PATH_REASON_NONE] = "", [PATH_REASON_MISSING] = "missing ", [PATH_REASON_MISFIT] = "misfit "};
    const struct paths_request request =
        field_request(field, argument->kind == ARGUMENT_INDEX ? &argument->index : NULL);
    const struct format *format = script->format;
    struct payload_json made = {.made = false};
    const struct event *json;
    struct paths *own = NULL;
    char reason[PATH_REASON_TEXT], digits[INTEGER_TEXT], *error = NULL;
    struct pool pool = {0};

    text[0] = '\0';
    if (field->path_has_arg && argument->kind != ARGUMENT_NONE) {
        own = path_recipe_build(&field->recipe, fieldpaths_argument(argument, digits), &error);
        free(error);
    }
    if (own != NULL && format != NULL) {
        format_name_columns(format, own); /* without memory the reason names the number */
    }
    json = payloadjson_get(&made, payload_format, event, &pool);
    if (json != NULL && json->has_payload && script->when != NULL &&
        write_other(script->when, json, &pool, text)) {
        paths_free(own);
        pool_free(&pool);
        return;
    }
    if (json != NULL && json->has_payload && (own != NULL || field->path != NULL)) {
        enum path_reason kind =
            pathreason_find(own != NULL ? own : field->path, json->data, json->size, &request, &pool, reason);

        if (json->size == 0 && event->size > 0) {
            snprintf(text, PATH_REASON_TEXT + 16, "other the payload has nothing of the format %s",
                     format->kind->name);
        } else {
            snprintf(text, PATH_REASON_TEXT + 16, "%s%s", kinds[kind], reason);
        }
    }
    paths_free(own);
    pool_free(&pool);
}

static bool answer_reason(struct asked *asked)
{
    char text[PATH_REASON_TEXT + 16] = "", *name = strdup(asked->text != NULL ? asked->text : "");
    struct argument argument = {0};
    const struct field *field;
    struct event event;

    if (name == NULL) {
        plugin_fail_plain(asked->plugin, TEXT_NO_MEMORY);
        return false;
    }
    field = find_asked(asked->plugin->script, name, &argument);
    if (field != NULL && asked->event != NULL && handle_read_event(asked->event, &event)) {
        write_reason(asked->plugin->script, &asked->plugin->extraction.fields->format, field, &argument,
                     &event, text);
    }
    free(name);
    return keep_answer(asked, text, strlen(text));
}

/* ---- requests ---- */

static const struct {
    const char *name;
    bool (*answer)(struct asked *asked);
} requests[] = {
    {"profile", begin_profile}, {"uses", answer_uses},     {"files", answer_files}, {"load", load_chunk},
    {"call", call_function},    {"reason", answer_reason}, {"clock", answer_clock},
};

const char *lure_console(ss_plugin_t *s, const char *request, const char *text,
                         const ss_plugin_event_input *event, ss_plugin_rc *rc)
{
    struct asked asked = {s, handle_enter(s), text, event};

    *rc = SS_PLUGIN_FAILURE;
    if (asked.plugin == NULL) {
        return NULL;
    }
    *rc = SS_PLUGIN_NOT_SUPPORTED;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        if (strcmp(requests[i].name, request) == 0) {
            *rc = requests[i].answer(&asked) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
        }
    }
    handle_leave(s);
    return *rc == SS_PLUGIN_SUCCESS ? asked.handle->console_answer.text : NULL;
}
