#include "plugin/fieldeval.h"

#include "json/jsonscanner.h"
#include "plugin/callbacks.h"
#include "plugin/fieldresults.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <string.h>

/* Functions of at most so many instructions are evaluated for a prefetch. */
#define SHORT_FUNCTION 64

/* Functions, and the room for lists that they make, are charged to the plugin state. */
static struct eval_function *new_function(struct plugin *plugin, int place)
{
    struct eval_function *function = eval_function_new(plugin->vm.L, place);
    struct field_states *fields = plugin->extraction.fields;

    if (function != NULL && !memory_charge(fields->budget, memory_cost(eval_function_size(function)))) {
        eval_function_free(function);
        function = NULL;
    }
    if (function != NULL && fields->list == NULL && eval_makes_lists(function)) {
        fields->list = memory_take(fields->budget, sizeof(*fields->list));
        plugin->vm.known.list = fields->list;
    }
    return function;
}

static void free_function(const struct field_states *fields, struct eval_function *function)
{
    if (function != NULL) {
        memory_release(fields->budget, memory_cost(eval_function_size(function)));
        eval_function_free(function);
    }
}

static void find_function(struct plugin *plugin, int place, int parameters, bool is_list,
                          struct fieldeval_function *direct)
{
    struct eval_function *function = new_function(plugin, plugin->extraction.kept + place);

    if (function != NULL && eval_parameters(function) > parameters) {
        free_function(plugin->extraction.fields, function);
    } else if (function != NULL) {
        direct->function = function;
        direct->parameters = eval_parameters(function);
        direct->passes = eval_passes(function);
        direct->prefetches = eval_length(function) <= SHORT_FUNCTION && !is_list;
    }
}

void fieldeval_open(struct plugin *plugin)
{
    struct field_states *fields = plugin->extraction.fields;

    if (!plugin->limits.optimize.direct_evaluation) {
        return;
    }
    fields->next = new_function(plugin, plugin->extraction.kept + KEPT_NEXT);
    find_function(plugin, KEPT_DECODE, 1, false, &fields->decode);
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        const struct field *field = &plugin->script->fields[i];

        if (!fieldresults_can_eval(field, plugin->script->api) || field_is_path(field)) {
            continue;
        }
        if (!field_has_path(field)) {
            find_function(plugin, keptcallbacks_function(i), EVAL_ARGUMENTS, field->list,
                          &fields->states[i].direct);
        } else if (!field->finds_many) { /* no table is made of what is found */
            find_function(plugin, keptcallbacks_function(i), EVAL_ARGUMENTS, field->list,
                          &fields->states[i].of_found);
        }
    }
}

void fieldeval_close(struct field_states *fields)
{
    free_function(fields, fields->next);
    free_function(fields, fields->decode.function);
    for (size_t i = 0; i < fields->count; i++) {
        free_function(fields, fields->states[i].direct.function);
        free_function(fields, fields->states[i].of_found.function);
    }
    memory_give(fields->budget, fields->list, sizeof(*fields->list));
}

static bool is_tried(const struct plugin *plugin, const struct fieldeval_function *function,
                     const struct breaker *breaker)
{
    return function->function != NULL && eval_is_tried(&function->history) && !plugin->counts &&
           !breaker_is_open(breaker);
}

/* Of a prefetched event neither its number nor its time is known yet. */
static bool get_of_prefetched(const void *event, const char *key, struct eval_value *value)
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

/* Is it the document of the payload? */
static bool is_payload(const struct plugin *plugin, const struct event *event, const struct eval_value *value)
{
    const struct eval_text payload = {event->data, event->size};
    struct eval_value whole;

    return event->has_payload && plugin->vm.known.documents->open(&payload, &whole) &&
           whole.text.data == value->text.data;
}

/* Makes the decoded value one that stays for the event: Lua's text may be freed when Lua runs, and is copied
 * to the pool. False: out of memory, or it is a list, or a document of something else than the payload. */
static bool own_value(const struct plugin *plugin, const struct event *event, struct pool *pool,
                      struct eval_value *value)
{
    char *copy;

    if (value->kind == EVAL_DOCUMENT) {
        return is_payload(plugin, event, value);
    }
    if (value->kind != EVAL_TEXT || value->text.data == event->data) {
        return value->kind != EVAL_LIST;
    }
    copy = pool_take(pool, value->text.size + 1);
    if (copy != NULL) {
        value->text.data = memcpy(copy, value->text.data, value->text.size);
    }
    return copy != NULL;
}

/* Does the function return the payload, which its parameter number `parameter`, the event, has? */
static inline bool passes_data(const struct fieldeval_function *function, int parameter,
                               const struct event *event)
{
    return function->passes.data && function->passes.parameter == parameter && event->has_payload;
}

bool fieldeval_document(const struct plugin *plugin, const struct event *json, struct eval_value *value)
{
    const struct eval_text text = {json->data, json->size};
    const char *end = text.data + text.size, *at = json->has_payload ? json_begin(text.data, end) : end;

    if (at == end || (*at != '{' && *at != '[')) {
        value->kind = EVAL_NIL;
        return true;
    }
    return plugin->vm.known.documents->open(&text, value);
}

/* The same for a prefetched event. False: also where memory is out. */
static bool read_document(const struct plugin *plugin, const struct event *event, struct pool *pool,
                          struct eval_value *value)
{
    struct payload_json json = {.made = false};
    const struct event *document = payloadjson_get(&json, &plugin->extraction.fields->format, event, pool);

    return document != NULL && fieldeval_document(plugin, document, value);
}

bool fieldeval_value(const struct plugin *plugin, const struct event *event, bool is_prefetch,
                     struct pool *pool, struct eval_value *value)
{
    const struct fieldeval_function *decode = &plugin->extraction.fields->decode;
    struct eval_record record = {.get = is_prefetch ? get_of_prefetched : event_get};
    const struct eval_value argument = {.kind = EVAL_RECORD, .record = &record};

    if (plugin->functions[KEY_DECODE] == LUA_NOREF && plugin->script->format != NULL) {
        return read_document(plugin, event, pool, value);
    }
    if (plugin->functions[KEY_DECODE] == LUA_NOREF || passes_data(decode, 0, event)) {
        fieldeval_payload(event, value);
        return true;
    }
    set_record(event, &record);
    return eval_result(plugin->vm.L, decode->function, &plugin->vm.known, &argument, decode->parameters,
                       value) &&
           own_value(plugin, event, pool, value);
}

bool fieldeval_decode(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;
    struct fieldeval_function *decode = &extraction->fields->decode;

    if (!is_tried(plugin, decode, &plugin->breakers[KEY_DECODE])) {
        return false;
    }
    if (!fieldeval_value(plugin, extraction->event, false, &extraction->pool, &extraction->value)) {
        eval_failed(&decode->history);
        return false;
    }
    eval_succeeded(&decode->history, 1);
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

/* Begins an evaluation of the function, which is field number `number`'s. */
static inline void begin(const struct plugin *plugin, const struct fieldeval_function *function,
                         size_t number, const struct argument *argument, bool is_prefetch,
                         struct fieldeval_call *call)
{
    call->plugin = plugin;
    call->function = function;
    call->record.get = is_prefetch ? get_of_prefetched : event_get;
    switch (call->function->parameters) {
    case ARGUMENT_FIELD + 1:
        call->arguments[ARGUMENT_FIELD].kind = EVAL_KEPT;
        call->arguments[ARGUMENT_FIELD].place =
            plugin->extraction.kept + keptcallbacks_argument(number, ARGUMENT_FIELD);
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

void fieldeval_begin(const struct plugin *plugin, size_t number, const struct argument *argument,
                     bool is_prefetch, struct fieldeval_call *call)
{
    begin(plugin, &plugin->extraction.fields->states[number].direct, number, argument, is_prefetch, call);
}

bool fieldeval_result(struct fieldeval_call *call, const struct event *event, const struct eval_value *value,
                      struct eval_value *result)
{
    const struct fieldeval_function *function = call->function;

    if (passes_data(function, ARGUMENT_EVENT, event)) {
        fieldeval_payload(event, result);
        return true;
    }
    if (function->passes.parameter == ARGUMENT_VALUE && !function->passes.data && value->kind != EVAL_KEPT) {
        *result = *value;
        return true;
    }
    set_record(event, &call->record);
    call->arguments[ARGUMENT_VALUE] = *value;
    return eval_result(call->plugin->vm.L, function->function, &call->plugin->vm.known, call->arguments,
                       function->parameters, result);
}

bool fieldeval_tries(const struct plugin *plugin, size_t number)
{
    const struct field_state *state = &plugin->extraction.fields->states[number];

    return is_tried(plugin, &state->direct, &state->breaker);
}

/* Evaluates the function, which is field number `number`'s, for the current event. */
static inline bool evaluate(struct plugin *plugin, struct fieldeval_function *function, size_t number,
                            const struct argument *argument, const struct eval_value *of, struct value *value)
{
    struct extraction *extraction = &plugin->extraction;
    struct fieldeval_call call;
    struct eval_value result;

    begin(plugin, function, number, argument, false, &call);
    if (!fieldeval_result(&call, extraction->event, of, &result) ||
        !fieldresults_eval(&result, &plugin->script->fields[number], &extraction->pool, value)) {
        eval_failed(&function->history);
        return false;
    }
    eval_succeeded(&function->history, 1);
    breaker_note(&extraction->fields->states[number].breaker, &plugin->vm,
                 plugin->script->fields[number].label, true);
    return true;
}

bool fieldeval_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value)
{
    struct extraction *extraction = &plugin->extraction;

    return evaluate(plugin, &extraction->fields->states[number].direct, number, argument, &extraction->value,
                    value);
}

bool fieldeval_tries_found(const struct plugin *plugin, size_t number)
{
    const struct field_state *state = &plugin->extraction.fields->states[number];

    return is_tried(plugin, &state->of_found, &state->breaker);
}

bool fieldeval_found(struct plugin *plugin, size_t number, const struct argument *argument,
                     const struct eval_value *found, struct value *value)
{
    return evaluate(plugin, &plugin->extraction.fields->states[number].of_found, number, argument, found,
                    value);
}

static bool prefetches(const struct plugin *plugin, const struct fieldeval_function *function,
                       const struct breaker *breaker)
{
    return function->prefetches && eval_is_tried(&function->prefetch_history) &&
           is_tried(plugin, function, breaker);
}

bool fieldeval_prefetches(const struct plugin *plugin, size_t number)
{
    const struct field_state *state = &plugin->extraction.fields->states[number];
    const struct fieldeval_function *decode = &plugin->extraction.fields->decode;

    return prefetches(plugin, &state->direct, &state->breaker) &&
           (plugin->functions[KEY_DECODE] == LUA_NOREF
                ? plugin->script->format == NULL || eval_is_tried(&decode->prefetch_history)
                : prefetches(plugin, decode, &plugin->breakers[KEY_DECODE]));
}
