#include "plugin/advance.h"

#include "base/clock.h"
#include "lua/integertext.h"
#include "lua/streamlines.h"
#include "modules/file.h"

#include <lauxlib.h>

/* The clock is read after so many small payloads of a short `next` that was evaluated directly: together they
 * take about a microsecond. */
#define UNTIMED_PAYLOADS 16u
#define SMALL_PAYLOAD    1024u
#define SHORT_NEXT       64 /* instructions */

/* Is the batch's time up? Checked after a payload of `size` bytes, but not after each small one. */
static bool is_late(const struct next_calls *calls, size_t size)
{
    bool quick = calls->is_short && size <= SMALL_PAYLOAD && calls->evaluated % UNTIMED_PAYLOADS != 0;

    return !quick && clock_now(CLOCK_MONOTONIC_COARSE) >= calls->until;
}

/* Adds a result of direct evaluation. What does not fit, or is no payload, `next` returns again when called.
 */
static enum eval_taken take_evaluated(void *to, const struct eval_value *payload)
{
    struct next_calls *calls = to;
    struct instance *instance = calls->instance;
    char buffer[INTEGER_TEXT];
    struct eval_text text = payload->text;

    if (payload->kind == EVAL_INTEGER) {
        text.data = integer_text(payload->integer, buffer, &text.size);
    }
    if (!payloads_copy(instance, text.data, text.size, BATCH_NO_TIME)) {
        return EVAL_REFUSED;
    }
    calls->evaluated++;
    return instance_has_room(instance) && !is_late(calls, text.size) ? EVAL_MORE : EVAL_ENOUGH;
}

/* Evaluates `next` directly, as often as possible. True: the batch ends with that. */
static bool advance_function(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;
    struct eval_function *next = instance->plugin->extraction.fields->next;
    bool ends;

    if (eval_parameters(next) > 1) {
        return false;
    }
    calls->is_short = eval_length(next) <= SHORT_NEXT;
    instance->plugin->memory.busy = true; /* values that may be written back are seen by no collector */
    ends = eval_advance(L, next, &instance->plugin->vm.known, SELF, take_evaluated, calls);
    instance->plugin->memory.busy = false;
    if (calls->evaluated > 0) {
        eval_succeeded(&instance->history, calls->evaluated);
    }
    if (!ends) {
        eval_failed(&instance->history);
    }
    return ends;
}

/* The calls of `next` that were made without entering Lua's VM, `counted` of them not yet. */
static void count_evaluated(struct instance *instance, uint64_t counted)
{
    plugin_count_calls(instance->plugin, KEY_NEXT, counted);
    instance->calls.first = false;
    instance->calls.step = STEP_PAYLOADS;
    instance->errors = 0;
    instance->pause = 0;
}

/* Adds the lines that are in the file's buffer already. True: the batch ends with that. */
static bool advance_lines(lua_State *L, struct next_calls *calls)
{
    FILE *stream = streamlines_stream(L, FUNCTION, calls->instance->plugin->vm.lines);

    calls->is_short = true;
    return stream != NULL ? streamlines_advance(stream, take_evaluated, calls)
                          : file_tail_advance(L, FUNCTION, take_evaluated, calls);
}

bool advance_lj(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;
    bool ends;

    calls->evaluated = 0;
    ends = (instance->iterates ? advance_lines : advance_function)(L, calls);
    if (calls->evaluated > 0) {
        if (instance->iterates && file_tail_cursor_lj(L, FUNCTION)) { /* ..., cursor */
            delivery_stage_lj(L, instance, -1);
            lua_pop(L, 1); /* ... */
        }
        count_evaluated(instance, calls->evaluated - calls->first);
    }
    return ends;
}

bool advance_outside(struct instance *instance)
{
    const struct plugin *plugin = instance->plugin;
    lua_State *thread = instance->task.thread;
    bool ends;

    if (!advance_is_tried(instance) || instance->iterates || instance->waiting != LUA_NOREF ||
        plugin->counts) {
        return false;
    }
    extraction_script_runs(&instance->plugin->extraction);
    lua_settop(thread, SELF - 1);                           /* thread: nil, nil */
    lua_rawgeti(thread, LUA_REGISTRYINDEX, instance->self); /* thread: nil, nil, self */
    ends = advance_function(thread, &instance->calls);
    lua_settop(thread, 0); /* thread: */
    instance->calls.tried = true;
    if (instance->calls.evaluated > 0) {
        count_evaluated(instance, instance->calls.evaluated);
    }
    return ends;
}
