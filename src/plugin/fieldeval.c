#include "plugin/fieldeval.h"

#include "plugin/callbacks.h"
#include "plugin/fieldresults.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <string.h>

/* Functions of so many instructions may be evaluated for events to come. */
#define SHORT_FUNCTION 64

static void consider(const struct plugin *plugin, int place, int parameters,
                     struct fieldeval_function *direct)
{
    struct eval_function *function = eval_function_new(plugin->vm.L, plugin->extraction.kept + place);

    if (function != NULL && eval_parameters(function) > parameters) {
        eval_function_free(function);
    } else if (function != NULL) {
        direct->function = function;
        direct->parameters = eval_parameters(function);
        direct->passes = eval_passes(function);
        direct->prefetches = eval_length(function) <= SHORT_FUNCTION;
    }
}

/* Stack: unchanged */
static void consider_next(struct plugin *plugin)
{
    lua_State *L = plugin->vm.L;

    if (lua_checkstack(L, 1)) {
        plugin_push_callback(L, plugin, KEY_NEXT); /* next */
        plugin->extraction.asked->next = eval_function_new(L, lua_gettop(L));
        lua_pop(L, 1); /* */
    }
}

void fieldeval_open(struct plugin *plugin)
{
    struct asked_fields *asked = plugin->extraction.asked;

    if (!plugin->limits.optimize.direct_evaluation) {
        return;
    }
    consider_next(plugin);
    consider(plugin, KEPT_DECODE, 1, &asked->decode);
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        const struct field *field = &plugin->script->fields[i];

        if (!field_has_path(field) && fieldresults_can_be_pure(field, plugin->script->api)) {
            consider(plugin, callbacks_function(i), EVAL_ARGUMENTS, &asked->fields[i].direct);
        }
    }
}

void fieldeval_close(struct asked_fields *asked)
{
    eval_function_free(asked->next);
    eval_function_free(asked->decode.function);
    for (size_t i = 0; i < asked->count; i++) {
        eval_function_free(asked->fields[i].direct.function);
    }
}

static bool is_tried(const struct plugin *plugin, const struct fieldeval_function *function,
                     const struct breaker *breaker)
{
    return function->function != NULL && eval_tries_on(&function->tries) && !plugin->counts &&
           !breaker_is_open(breaker);
}

/* Of an event to come its payload is known, but neither its number nor its time. */
static bool look_ahead(const void *event, const char *key, struct eval_value *value)
{
    (void)event;
    (void)key;
    (void)value;
    return false;
}

static inline void set_record(const struct event *event, struct eval_record *record)
{
    record->of = event;
    record->data.data = event->has_payload ? event->data : NULL;
    record->data.size = event->size;
}

/* Makes a text the event's own: Lua's may go when it runs. False: out of memory. */
static bool own_text(const struct event *event, struct pool *pool, struct eval_value *value)
{
    char *copy;

    if (value->kind != EVAL_TEXT || value->text.data == event->data) {
        return true;
    }
    copy = pool_take(pool, value->text.size + 1);
    if (copy != NULL) {
        value->text.data = memcpy(copy, value->text.data, value->text.size);
    }
    return copy != NULL;
}

bool fieldeval_value(const struct plugin *plugin, const struct event *event, bool ahead, struct pool *pool,
                     struct eval_value *value)
{
    const struct fieldeval_function *decode = &plugin->extraction.asked->decode;
    struct eval_record record = {.look = ahead ? look_ahead : event_look};
    const struct eval_value argument = {.kind = EVAL_RECORD, .record = &record};

    if (plugin->functions[KEY_DECODE] != LUA_NOREF) {
        set_record(event, &record);
        return eval_answer(plugin->vm.L, decode->function, &plugin->vm.known, &argument, decode->parameters,
                           value) &&
               own_text(event, pool, value);
    }
    fieldeval_payload(event, value);
    return true;
}

bool fieldeval_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    struct fieldeval_function *decode = &extraction->asked->decode;

    if (!is_tried(plugin, decode, &plugin->breakers[KEY_DECODE])) {
        return false;
    }
    if (!fieldeval_value(plugin, extraction->event, false, &extraction->pool, &extraction->value)) {
        eval_missed(&decode->tries);
        return false;
    }
    eval_answered(&decode->tries, 1);
    breaker_note(&plugin->breakers[KEY_DECODE], &plugin->vm, script_keys[KEY_DECODE].name, true);
    extraction->decoded = extraction->value.kind == EVAL_NIL ? DECODED_NOT_OURS : DECODED_VALUE;
    return true;
}

static void set_argument(const struct argument *argument, struct eval_value *value)
{
    switch (argument->kind) {
    case ARGUMENT_INDEX:
        value->kind = EVAL_INTEGER;
        value->integer = (int64_t)argument->index;
        break;
    case ARGUMENT_KEY:
        value->kind = EVAL_TEXT;
        value->text = (struct eval_text){argument->key, strlen(argument->key)};
        break;
    case ARGUMENT_NONE:
        value->kind = EVAL_NIL;
    }
}

void fieldeval_begin(const struct plugin *plugin, size_t number, const struct argument *argument, bool ahead,
                     struct fieldeval_call *call)
{
    call->plugin = plugin;
    call->function = &plugin->extraction.asked->fields[number].direct;
    call->record.look = ahead ? look_ahead : event_look;
    switch (call->function->parameters) {
    case ARGUMENT_FIELD + 1:
        call->arguments[ARGUMENT_FIELD].kind = EVAL_KEPT;
        call->arguments[ARGUMENT_FIELD].place =
            plugin->extraction.kept + callbacks_argument(number, ARGUMENT_FIELD);
        __attribute__((fallthrough));
    case ARGUMENT_EVENT + 1:
        call->arguments[ARGUMENT_EVENT].kind = EVAL_RECORD;
        call->arguments[ARGUMENT_EVENT].record = &call->record;
        __attribute__((fallthrough));
    case ARGUMENT_ARG + 1:
        set_argument(argument, &call->arguments[ARGUMENT_ARG]);
        __attribute__((fallthrough));
    default:
        break;
    }
}

bool fieldeval_ask(struct fieldeval_call *call, const struct event *event, const struct eval_value *value,
                   struct eval_value *result)
{
    if (call->function->passes == ARGUMENT_VALUE && value->kind != EVAL_KEPT) {
        *result = *value;
        return true;
    }
    set_record(event, &call->record);
    call->arguments[ARGUMENT_VALUE] = *value;
    return eval_answer(call->plugin->vm.L, call->function->function, &call->plugin->vm.known, call->arguments,
                       call->function->parameters, result);
}

bool fieldeval_tries(const struct plugin *plugin, size_t number)
{
    const struct asked_field *asked = &plugin->extraction.asked->fields[number];

    return is_tried(plugin, &asked->direct, &asked->breaker);
}

bool fieldeval_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value)
{
    struct extraction *extraction = &plugin->extraction;
    struct fieldeval_function *function = &extraction->asked->fields[number].direct;
    struct fieldeval_call call;
    struct eval_value result;

    fieldeval_begin(plugin, number, argument, false, &call);
    if (!fieldeval_ask(&call, extraction->event, &extraction->value, &result) ||
        !fieldresults_pure(&result, plugin->script->fields[number].type, &extraction->pool, value)) {
        eval_missed(&function->tries);
        return false;
    }
    eval_answered(&function->tries, 1);
    breaker_note(&extraction->asked->fields[number].breaker, &plugin->vm,
                 plugin->script->fields[number].label, true);
    return true;
}

static bool prefetches(const struct plugin *plugin, const struct fieldeval_function *function,
                       const struct breaker *breaker)
{
    return function->prefetches && eval_tries_on(&function->ahead) && is_tried(plugin, function, breaker);
}

bool fieldeval_prefetches(const struct plugin *plugin, size_t number)
{
    const struct asked_field *asked = &plugin->extraction.asked->fields[number];
    const struct fieldeval_function *decode = &plugin->extraction.asked->decode;

    return prefetches(plugin, &asked->direct, &asked->breaker) &&
           (plugin->functions[KEY_DECODE] == LUA_NOREF ||
            prefetches(plugin, decode, &plugin->breakers[KEY_DECODE]));
}
