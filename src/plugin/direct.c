#include "plugin/direct.h"

#include "plugin/asking.h"
#include "plugin/plugin.h"
#include "plugin/taking.h"

#include <lauxlib.h>
#include <string.h>

/* Functions of so many instructions may be evaluated for events to come. */
#define SHORT_FUNCTION 64

static void consider(const struct plugin *plugin, int place, int parameters, struct direct_function *direct)
{
    const struct LClosure *function = pure_function(plugin->vm.L, plugin->extraction.kept + place);

    if (function != NULL && pure_parameters(function) <= parameters) {
        direct->function = function;
        direct->parameters = pure_parameters(function);
        direct->passes = pure_passes(function);
        direct->prefetches = pure_length(function) <= SHORT_FUNCTION;
    }
}

void direct_open(struct plugin *plugin)
{
    struct asked_fields *asked = plugin->extraction.asked;

    if (!plugin->limits.optimize.direct_evaluation) {
        return;
    }
    consider(plugin, KEPT_DECODE, 1, &asked->decode);
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        const struct field *field = &plugin->script->fields[i];

        if (!field_has_path(field) && taking_can_be_pure(field, plugin->script->api)) {
            consider(plugin, asking_function(i), PURE_ARGUMENTS, &asked->fields[i].direct);
        }
    }
}

static bool is_tried(const struct plugin *plugin, const struct direct_function *function,
                     const struct breaker *breaker)
{
    return function->function != NULL && pure_tries_on(&function->tries) && !plugin->counts &&
           !breaker_is_open(breaker);
}

/* Of an event to come its payload is known, but neither its number nor its time. */
static bool look_ahead(const void *event, const char *key, struct pure_value *value)
{
    (void)event;
    (void)key;
    (void)value;
    return false;
}

static inline void set_record(const struct event *event, struct pure_record *record)
{
    record->of = event;
    record->data.data = event->has_payload ? event->data : NULL;
    record->data.size = event->size;
}

/* Makes a text the event's own: Lua's may go when it runs. False: out of memory. */
static bool own_text(const struct event *event, struct pool *pool, struct pure_value *value)
{
    char *copy;

    if (value->kind != PURE_TEXT || value->text.data == event->data) {
        return true;
    }
    copy = pool_take(pool, value->text.size + 1);
    if (copy != NULL) {
        value->text.data = memcpy(copy, value->text.data, value->text.size);
    }
    return copy != NULL;
}

bool direct_value(const struct plugin *plugin, const struct event *event, bool ahead, struct pool *pool,
                  struct pure_value *value)
{
    const struct direct_function *decode = &plugin->extraction.asked->decode;
    struct pure_record record = {.look = ahead ? look_ahead : event_look};
    const struct pure_value argument = {.kind = PURE_RECORD, .record = &record};

    if (plugin->functions[KEY_DECODE] != LUA_NOREF) {
        set_record(event, &record);
        return pure_answer(plugin->vm.L, decode->function, &plugin->vm.known, &argument, decode->parameters,
                           value) &&
               own_text(event, pool, value);
    }
    direct_payload(event, value);
    return true;
}

bool direct_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    struct direct_function *decode = &extraction->asked->decode;

    if (!is_tried(plugin, decode, &plugin->breakers[KEY_DECODE])) {
        return false;
    }
    if (!direct_value(plugin, extraction->event, false, &extraction->pool, &extraction->value)) {
        pure_missed(&decode->tries);
        return false;
    }
    pure_answered(&decode->tries, 1);
    breaker_note(&plugin->breakers[KEY_DECODE], &plugin->vm, script_keys[KEY_DECODE].name, true);
    extraction->decoded = extraction->value.kind == PURE_NIL ? DECODED_NOT_OURS : DECODED_VALUE;
    return true;
}

static void set_argument(const struct argument *argument, struct pure_value *value)
{
    switch (argument->kind) {
    case ARGUMENT_INDEX:
        value->kind = PURE_INTEGER;
        value->integer = (int64_t)argument->index;
        break;
    case ARGUMENT_KEY:
        value->kind = PURE_TEXT;
        value->text = (struct pure_text){argument->key, strlen(argument->key)};
        break;
    case ARGUMENT_NONE:
        value->kind = PURE_NIL;
    }
}

void direct_begin(const struct plugin *plugin, size_t number, const struct argument *argument, bool ahead,
                  struct direct_call *call)
{
    call->plugin = plugin;
    call->function = &plugin->extraction.asked->fields[number].direct;
    call->record.look = ahead ? look_ahead : event_look;
    switch (call->function->parameters) {
    case ARGUMENT_FIELD + 1:
        call->arguments[ARGUMENT_FIELD].kind = PURE_KEPT;
        call->arguments[ARGUMENT_FIELD].place =
            plugin->extraction.kept + asking_argument(number, ARGUMENT_FIELD);
        __attribute__((fallthrough));
    case ARGUMENT_EVENT + 1:
        call->arguments[ARGUMENT_EVENT].kind = PURE_RECORD;
        call->arguments[ARGUMENT_EVENT].record = &call->record;
        __attribute__((fallthrough));
    case ARGUMENT_ARG + 1:
        set_argument(argument, &call->arguments[ARGUMENT_ARG]);
        __attribute__((fallthrough));
    default:
        break;
    }
}

bool direct_ask(struct direct_call *call, const struct event *event, const struct pure_value *value,
                struct pure_value *result)
{
    if (call->function->passes == ARGUMENT_VALUE && value->kind != PURE_KEPT) {
        *result = *value;
        return true;
    }
    set_record(event, &call->record);
    call->arguments[ARGUMENT_VALUE] = *value;
    return pure_answer(call->plugin->vm.L, call->function->function, &call->plugin->vm.known, call->arguments,
                       call->function->parameters, result);
}

bool direct_tries(const struct plugin *plugin, size_t number)
{
    const struct asked_field *asked = &plugin->extraction.asked->fields[number];

    return is_tried(plugin, &asked->direct, &asked->breaker);
}

bool direct_field(struct plugin *plugin, size_t number, const struct argument *argument, struct value *value)
{
    struct extraction *extraction = &plugin->extraction;
    struct direct_function *function = &extraction->asked->fields[number].direct;
    struct direct_call call;
    struct pure_value result;

    direct_begin(plugin, number, argument, false, &call);
    if (!direct_ask(&call, extraction->event, &extraction->value, &result) ||
        !taking_pure(&result, plugin->script->fields[number].type, &extraction->pool, value)) {
        pure_missed(&function->tries);
        return false;
    }
    pure_answered(&function->tries, 1);
    breaker_note(&extraction->asked->fields[number].breaker, &plugin->vm,
                 plugin->script->fields[number].label, true);
    return true;
}

static bool prefetches(const struct plugin *plugin, const struct direct_function *function,
                       const struct breaker *breaker)
{
    return function->prefetches && pure_tries_on(&function->ahead) && is_tried(plugin, function, breaker);
}

bool direct_prefetches(const struct plugin *plugin, size_t number)
{
    const struct asked_field *asked = &plugin->extraction.asked->fields[number];
    const struct direct_function *decode = &plugin->extraction.asked->decode;

    return prefetches(plugin, &asked->direct, &asked->breaker) &&
           (plugin->functions[KEY_DECODE] == LUA_NOREF ||
            prefetches(plugin, decode, &plugin->breakers[KEY_DECODE]));
}
