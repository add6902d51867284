#include "plugin/callbacks.h"

#include "base/text.h"
#include "lua/fastapi.h"
#include "modules/lure.h"
#include "plugin/fieldeval.h"
#include "plugin/fieldresults.h"
#include "plugin/foundvalue.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

/* Stack: [] -> [value] */
static void push_kept(const struct plugin *plugin, int which)
{
    fastapi_push(plugin->vm.L, plugin->extraction.kept + which);
}

/* Calls what was pushed; the event object is valid meanwhile. Stack: [function, arguments...] ->
 * [results...] */
static inline __attribute__((always_inline)) bool call_with_event(struct plugin *plugin, enum script_key use,
                                                                  struct breaker *breaker,
                                                                  const struct vm_call *call)
{
    bool done;

    plugin->extraction.object->event = plugin->extraction.event;
    done = plugin_call_pushed(plugin, (int)use, call);
    plugin->extraction.object->event = NULL;
    return breaker_note(breaker, &plugin->vm, call->callback, done);
}

/* The second part of a call, which may throw: rest_lj(request, function, results...). Stack: [results...] ->
 * [] */
static bool finish(struct plugin *plugin, const char *callback, enum script_key use, int function,
                   lua_CFunction rest_lj, void *request)
{
    lua_State *L = plugin->vm.L;
    int first = plugin->vm.kept + 1, results = lua_gettop(L) - plugin->vm.kept;

    lua_pushcfunction(L, rest_lj);     /* results..., rest */
    lua_pushlightuserdata(L, request); /* results..., rest, request */
    push_kept(plugin, function);       /* results..., rest, request, function */
    lua_rotate(L, first, 3);           /* rest, request, function, results... */
    return plugin_call_rest(plugin, callback, (int)use, 2 + results);
}

/* Throws the text behind a nil. Stack: [request, function, nil, text] */
static int throw_failure_lj(lua_State *L)
{
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

/*
 * Puts the decoded value (extraction.value) so many below the top, where nil is. True: it is a string that is
 * made inside the call, from `text`.
 */
static bool put_value(const struct plugin *plugin, int below, struct call_text *text)
{
    const struct extraction *extraction = &plugin->extraction;
    const struct eval_value *value = &extraction->value;
    bool is_payload = value->kind == EVAL_TEXT && value->text.data == extraction->event->data;

    if (value->kind == EVAL_KEPT || value->kind == EVAL_DOCUMENT) {
        fastapi_put(plugin->vm.L, below, extraction->kept + KEPT_DECODED);
    } else if (value->kind == EVAL_INTEGER) {
        fastapi_put_integer(plugin->vm.L, below, value->integer);
    } else if (value->kind == EVAL_BOOLEAN) {
        fastapi_put_boolean(plugin->vm.L, below, value->boolean);
    } else if (is_payload && extraction->object->text == extraction->object->shown) {
        fastapi_put(plugin->vm.L, below, extraction->kept + KEPT_PAYLOAD);
    } else if (value->kind == EVAL_TEXT) {
        *text = (struct call_text){value->text.data, value->text.size, 1,
                                   is_payload ? extraction->object->place : 0};
        return true;
    }
    return false;
}

/* Calls `decode`, and keeps its value. False: it failed. */
static bool decode(struct plugin *plugin)
{
    const char *name = script_keys[KEY_DECODE].name;
    const struct vm_call call = {.callback = name, .clock = VM_CLOCK_WALL, .arguments = 1, .results = 2};
    struct extraction *extraction = &plugin->extraction;
    lua_State *L = plugin->vm.L;

    push_kept(plugin, KEPT_DECODE); /* function */
    push_kept(plugin, KEPT_OBJECT); /* function, event */
    if (!call_with_event(plugin, KEY_DECODE, &plugin->breakers[KEY_DECODE], &call)) {
        return false;
    }
    if (fastapi_is_nil(L, 2) && !fastapi_is_nil(L, 1)) { /* nil, text */
        return finish(plugin, name, KEY_DECODE, KEPT_DECODE, throw_failure_lj, plugin);
    }
    extraction->decoded = fastapi_is_nil(L, 2) ? DECODED_NOT_OURS : DECODED_VALUE;
    extraction->value = (struct eval_value){.kind = EVAL_KEPT, .place = extraction->kept + KEPT_DECODED};
    fastapi_drop(L, plugin->vm.kept + 1);        /* value */
    fastapi_replace(L, extraction->value.place); /* */
    return true;
}

/* Takes the error of a call without which there is no decoded value. */
static void fail_decoding(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    const char *error = vm_error(&plugin->vm);

    extraction->decoded = DECODED_FAILED;
    extraction->decode_error = pool_text(&extraction->pool, error, strlen(error));
    vm_log_error(&plugin->vm);
}

/* Decodes the event: evaluates `decode`, or calls it. */
static __attribute__((noinline)) void decode_event(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    if (breaker_is_open(&plugin->breakers[KEY_DECODE])) {
        extraction->decoded = DECODED_NOT_OURS;
    } else if (!fieldeval_decode(plugin) && !decode(plugin)) {
        fail_decoding(plugin);
    }
}

static const char stopped[] = "format: the pattern took longer than init_config.lure.time allows";

const struct event *callbacks_json(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    struct breaker *breaker = &plugin->breakers[KEY_FORMAT];
    const struct event *event;

    if (extraction->json.made || payloadjson_is_payload(extraction->fields->format.state.format)) {
        return payloadjson_get(&extraction->json, &extraction->fields->format, extraction->event,
                               &extraction->pool);
    }
    if (breaker_is_open(breaker)) { /* it has no value, as what a suspended function gives */
        extraction->json = (struct payload_json){.made = true};
        return &extraction->json.event;
    }
    event = payloadjson_make(&extraction->json, &extraction->fields->format, extraction->event,
                             &extraction->pool);
    plugin->vm.timed_out = extraction->json.stopped;
    breaker_note(breaker, &plugin->vm, script_keys[KEY_FORMAT].name, !extraction->json.stopped);
    return event;
}

/* Makes the object that the document which was decoded stands for, and keeps it. `json`: the event with that
 * document's text as payload. False: it failed. */
static bool make_object(struct plugin *plugin, const struct event *json)
{
    struct extraction *extraction = &plugin->extraction;
    struct event_object *object = extraction->object;
    const bool is_payload = json == extraction->event;
    const bool has_text = is_payload && object->text == object->shown;
    struct call_text payload = {json->data, json->size, 1, is_payload ? object->place : 0};
    const struct vm_call call = {
        script_keys[KEY_DECODE].name, VM_CLOCK_WALL, 1, 1, &payload, has_text ? 0 : 1};

    lua_pushcfunction(plugin->vm.L, plugin->vm.known.documents->parse);               /* parse */
    push_kept(plugin, has_text ? KEPT_PAYLOAD : KEPT_NIL);                            /* parse, text */
    if (!call_with_event(plugin, KEY_DECODE, &plugin->breakers[KEY_DECODE], &call)) { /* document */
        return false;
    }
    object->text = is_payload ? object->shown : object->text;
    fastapi_replace(plugin->vm.L, extraction->kept + KEPT_DECODED); /* */
    extraction->has_object = true;
    return true;
}

/* Makes the document of the payload, by the script's format. */
static __attribute__((noinline)) void decode_format(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    const struct event *json = callbacks_json(plugin);

    if (json == NULL) {
        extraction->decoded = DECODED_FAILED; /* without decode_error: no memory */
        extraction->decode_error = extraction->json.stopped ? stopped : NULL;
        return;
    }
    if (!fieldeval_document(plugin, json, &extraction->value)) { /* a long one is made at once */
        if (!make_object(plugin, json)) {
            fail_decoding(plugin);
            return;
        }
        extraction->value = (struct eval_value){.kind = EVAL_KEPT, .place = extraction->kept + KEPT_DECODED};
    }
    extraction->decoded = extraction->value.kind == EVAL_NIL ? DECODED_NOT_OURS : DECODED_VALUE;
}

enum decoded callbacks_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    if (extraction->decoded != DECODED_NOT_YET) {
        return extraction->decoded;
    }
    if (plugin->functions[KEY_DECODE] != LUA_NOREF) {
        decode_event(plugin);
    } else if (plugin->script->format != NULL) {
        decode_format(plugin);
    } else {
        fieldeval_payload(extraction->event, &extraction->value);
        extraction->decoded = DECODED_VALUE;
    }
    return extraction->decoded;
}

/* Decodes for a function that is to be called. */
static enum decoded decode_for_call(struct plugin *plugin)
{
    const struct extraction *extraction = &plugin->extraction;

    if (callbacks_decode(plugin) == DECODED_VALUE && extraction->value.kind == EVAL_DOCUMENT &&
        !extraction->has_object) {
        /* what `decode` gave is of the payload itself */
        const struct event *json =
            plugin->functions[KEY_DECODE] != LUA_NOREF ? extraction->event : callbacks_json(plugin);

        if (json == NULL || !make_object(plugin, json)) {
            fail_decoding(plugin);
        }
    }
    return extraction->decoded;
}

/* Puts the field's argument so many below the top; see put_value. */
static bool put_argument(const struct plugin *plugin, const struct argument *argument, int below,
                         struct call_text *text)
{
    if (argument->kind == ARGUMENT_INDEX) {
        fastapi_put_integer(plugin->vm.L, below, (lua_Integer)argument->index);
        return false;
    }
    if (argument->kind == ARGUMENT_NONE) {
        return false;
    }
    *text = (struct call_text){argument->key, strlen(argument->key), 2, 0};
    return true;
}

/* Calls the field's function. False: it failed. */
static __attribute__((noinline)) bool call_field(struct plugin *plugin, struct field_call *call)
{
    struct extraction *extraction = &plugin->extraction;
    struct field_state *state = &extraction->fields->states[call->number];
    struct call_text texts[2];
    struct vm_call function_call = {call->field->label, VM_CLOCK_WALL, state->arguments, 3, texts, 0};
    int function = keptcallbacks_function(call->number), arguments = state->arguments;
    bool made = false, done;

    /* function, value, arg, event, field: as many of them as it takes */
    fastapi_push_all(plugin->vm.L, extraction->kept + function, CALL_ARGUMENTS + arguments);
    if (call->found != NULL && arguments > ARGUMENT_VALUE) {
        fastapi_put(plugin->vm.L, arguments - ARGUMENT_VALUE, extraction->kept + KEPT_FOUND);
    } else if (arguments > ARGUMENT_VALUE) {
        made = put_value(plugin, arguments - ARGUMENT_VALUE, &texts[0]);
        function_call.text_count = made;
    }
    if (arguments > ARGUMENT_ARG) {
        function_call.text_count +=
            put_argument(plugin, call->argument, arguments - ARGUMENT_ARG, &texts[made]);
    }
    if (!call_with_event(plugin, KEY_EXTRACT, &state->breaker, &function_call)) {
        return false;
    }
    if (made && texts[0].place != 0) {
        extraction->object->text = extraction->object->shown;
    }
    done = fieldresults_plain(plugin->vm.L, call) ||
           finish(plugin, call->field->label, KEY_EXTRACT, function, fieldresults_any_lj, call);
    vm_drop(&plugin->vm);
    return done;
}

void callbacks_fail(struct plugin *plugin, struct value *value, const char *error)
{
    const char *copy = pool_text(&plugin->extraction.pool, error, strlen(error));

    *value = (struct value){.outcome = VALUE_FAILED, .error = copy != NULL ? copy : TEXT_OVER_LIMIT};
}

void callbacks_no_memory(struct plugin *plugin, size_t number, struct value *value)
{
    char text[512];

    snprintf(text, sizeof(text), "%.150s: %.250s: " TEXT_OVER_LIMIT, plugin->script->source->name,
             plugin->script->fields[number].label);
    callbacks_fail(plugin, value, text);
    log_limited(&plugin->log, LOG_LEVEL_ERROR, text);
}

void callbacks_path_failed(struct plugin *plugin, size_t number, struct value *value)
{
    const bool over_time = value->error == pathscan_over_time;
    char text[512];

    if (!plugin->extraction.json.stopped && !over_time) {
        callbacks_no_memory(plugin, number, value);
        return;
    }
    snprintf(text, sizeof(text), "%.100s: %.200s: %s", plugin->script->source->name,
             plugin->script->fields[number].label, over_time ? pathscan_over_time : stopped);
    callbacks_fail(plugin, value, text);
    log_limited(&plugin->log, LOG_LEVEL_ERROR, text);
}

void callbacks_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value)
{
    const struct extraction *extraction = &plugin->extraction;
    struct field_call call = {plugin, number, &plugin->script->fields[number], argument, NULL, value};

    switch (decode_for_call(plugin)) {
    case DECODED_NOT_OURS:
        value->outcome = VALUE_ABSENT;
        break;
    case DECODED_FAILED:
        callbacks_fail(plugin, value,
                       extraction->decode_error != NULL ? extraction->decode_error : TEXT_OVER_LIMIT);
        break;
    case DECODED_VALUE:
    case DECODED_NOT_YET:
        if (breaker_is_open(&extraction->fields->states[number].breaker)) {
            value->outcome = VALUE_ABSENT;
        } else if (!call_field(plugin, &call)) {
            callbacks_fail(plugin, value, vm_error(&plugin->vm));
            vm_log_error(&plugin->vm);
        }
    }
}

/* Makes what the path has found a value of Lua's, and keeps it. False: it failed. */
static bool make_found(struct plugin *plugin, struct field_call *request)
{
    const struct vm_call call = {
        .callback = request->field->label, .clock = VM_CLOCK_WALL, .arguments = 1, .results = 1};
    lua_State *L = plugin->vm.L;

    lua_pushcfunction(L, foundvalue_push_lj);              /* function */
    lua_pushlightuserdata(L, request);                     /* function, call */
    if (!plugin_call_pushed(plugin, KEY_EXTRACT, &call)) { /* value */
        return false;
    }
    fastapi_replace(L, plugin->extraction.kept + KEPT_FOUND); /* */
    return true;
}

/* False: what the path has found is no value, it is broken inside. */
static bool has_found(const struct plugin *plugin)
{
    return !lua_isnil(plugin->vm.L, plugin->extraction.kept + KEPT_FOUND);
}

void callbacks_found(struct plugin *plugin, size_t number, const struct argument *argument,
                     const struct value *found, struct value *value)
{
    const struct extraction *extraction = &plugin->extraction;
    struct field_call call = {plugin, number, &plugin->script->fields[number], argument, found, value};

    value->outcome = VALUE_ABSENT;
    if (breaker_is_open(&extraction->fields->states[number].breaker)) {
        return;
    }
    if (!make_found(plugin, &call) || (has_found(plugin) && !call_field(plugin, &call))) {
        callbacks_fail(plugin, value, vm_error(&plugin->vm));
        vm_log_error(&plugin->vm);
    }
}

/* Takes a long text, or throws what is wrong with it. Stack: [plugin, function, text, message] */
static int take_text_lj(lua_State *L)
{
    struct plugin *plugin = lua_touserdata(L, 1);
    char got[96];

    plugin_check_failure_lj(L, 2, 3);
    if (lua_type(L, 3) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(L, 3, &length);

        value_charge_text_lj(L, text, length);
        return owned_text_set(&plugin->shown, text, length) != NULL ? 0 : vm_no_memory_lj(L);
    }
    value_describe(L, 3, got, sizeof(got));
    return vm_fail_lj(L, 2, "expected a string, got %s", got);
}

/* Stack: [text, message] -> [] */
static bool take_text(struct plugin *plugin)
{
    lua_State *L = plugin->vm.L;
    size_t length;
    const char *text = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &length) : NULL;

    if (text == NULL || length > VALUE_SHORT_TEXT || owned_text_set(&plugin->shown, text, length) == NULL) {
        return finish(plugin, script_keys[KEY_TO_STRING].name, KEY_TO_STRING, KEPT_TO_STRING, take_text_lj,
                      plugin);
    }
    vm_drop(&plugin->vm);
    return true;
}

bool callbacks_text(struct plugin *plugin)
{
    struct call_text payload;
    struct vm_call call = {script_keys[KEY_TO_STRING].name, VM_CLOCK_WALL, 2, 2, &payload, 0};

    if (plugin->functions[KEY_TO_STRING] == LUA_NOREF || breaker_is_open(&plugin->breakers[KEY_TO_STRING]) ||
        decode_for_call(plugin) != DECODED_VALUE) {
        return false;
    }
    push_kept(plugin, KEPT_TO_STRING);                /* function */
    push_kept(plugin, KEPT_NIL);                      /* function, nil */
    push_kept(plugin, KEPT_OBJECT);                   /* function, nil, event */
    call.text_count = put_value(plugin, 2, &payload); /* function, value, event */
    if (!call_with_event(plugin, KEY_TO_STRING, &plugin->breakers[KEY_TO_STRING], &call) ||
        !take_text(plugin)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}

bool callbacks_parse(struct plugin *plugin)
{
    const char *name = script_keys[KEY_PARSE].name;
    const struct vm_call call = {.callback = name, .clock = VM_CLOCK_WALL, .arguments = 1, .results = 2};
    lua_State *L = plugin->vm.L;
    bool done;

    if (breaker_is_open(&plugin->breakers[KEY_PARSE])) {
        return true;
    }
    push_kept(plugin, KEPT_PARSE);                                                  /* function */
    push_kept(plugin, KEPT_OBJECT);                                                 /* function, event */
    done = call_with_event(plugin, KEY_PARSE, &plugin->breakers[KEY_PARSE], &call); /* result, message */
    if (done && fastapi_is_nil(L, 2) && !fastapi_is_nil(L, 1)) {                    /* nil, text */
        done = finish(plugin, name, KEY_PARSE, KEPT_PARSE, throw_failure_lj, plugin);
    }
    vm_drop(&plugin->vm);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    return done;
}
