/*
 * threads LIBRARY SCRIPT [reload]: plugin states in threads of their own while another thread loads the
 * library again, or changes the script that they run.
 *
 * Two threads read events and fields while `async`, `every` and a task of init wait and emit events of their
 * own, and while two more threads each ask for metrics all the time; another one loads, inits and destroys as
 * Falco's dry run at a reload does, with the script and its fields changed each time. With `reload` it only
 * changes the script, and the states swap it while all that goes on. For ThreadSanitizer to watch; exits with
 * 1 where a value is wrong or an event is lost.
 */
#include "v3/abi.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 20
#define EVENTS 2000u

static const char *library_path, *script_path;
static int wrong;
static int running = 2; /* threads with states */
static int reloads;     /* the states swap their script when it changes */
static int reloaded;    /* how often that has been logged */

/* A loading on this thread: every symbol, in the framework's order. */
static plugin_api load(void)
{
    void *library = dlopen(library_path, RTLD_LOCAL | RTLD_NOW);
    plugin_api api;

    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    memset(&api, 0, sizeof(api));
#define LOOK_UP(name, since, need, result, parameters) *(void **)&api.name = dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
    return api;
}

static void fail(const char *what, const char *text)
{
    fprintf(stderr, "%s: %s\n", what, text);
    __atomic_store_n(&wrong, 1, __ATOMIC_RELAXED);
}

static void check_event(const plugin_api *api, ss_plugin_t *state, ss_plugin_event *event, uint64_t number)
{
    const ss_plugin_event_input input = {event, number, "threads"};
    ss_plugin_extract_field field = {.field_id = 0, .field = "t.value", .ftype = FTYPE_UINT64};
    const ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &field};

    if (api->extract_fields(state, &input, &in) != SS_PLUGIN_SUCCESS || field.res_len != 1 ||
        *field.res.u64 != number) {
        fail("field", api->get_last_error(state));
    }
    if (strtoull(api->event_to_string(state, &input), NULL, 10) != number) {
        fail("event_to_string", api->get_last_error(state));
    }
}

/* Reads a source to its end. */
static void read_source(const plugin_api *api, ss_plugin_t *state)
{
    ss_plugin_rc rc;
    ss_instance_t *instance = api->open(state, "", &rc);
    uint64_t number = 0;

    while (rc == SS_PLUGIN_SUCCESS || rc == SS_PLUGIN_TIMEOUT) {
        ss_plugin_event **events;
        uint32_t count;

        rc = api->next_batch(state, instance, &count, &events);
        for (uint32_t i = 0; i < count; i++) {
            check_event(api, state, events[i], ++number);
        }
    }
    if (number != EVENTS) {
        fail("source", "an event is missing");
    }
    api->close(state, instance);
}

/* What a state's async events have come to: each carries the next number. */
struct taken {
    const plugin_api *api;
    ss_plugin_t *state;
    uint64_t events;
    int done;
};

static ss_plugin_rc take_event(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error)
{
    struct taken *taken = owner;
    const char *bytes = (const char *)event,
               *data = bytes + sizeof(*event) + 4 * sizeof(uint32_t) + sizeof("tick");
    char text[32] = {0};

    (void)error;
    memcpy(text, data, (size_t)(bytes + event->len - data));
    if (strtoull(text, NULL, 10) != ++taken->events) {
        fail("async event", text);
    }
    return SS_PLUGIN_SUCCESS;
}

/* Falco's web server, and what writes its statistics. */
static void *ask_metrics(void *ud)
{
    struct taken *taken = ud;

    while (!__atomic_load_n(&taken->done, __ATOMIC_ACQUIRE)) {
        uint32_t count = 0;
        const ss_plugin_metric *metrics = taken->api->get_metrics(taken->state, &count);

        for (uint32_t i = 0; i < count; i++) {
            if (metrics[i].name[0] == '\0') {
                fail("metrics", "a name is missing");
            }
        }
    }
    return NULL;
}

/* A whole capture: all that a host does with a state, from open to close. */
static void run_capture(const plugin_api *api, ss_plugin_t *state)
{
    struct taken taken = {api, state, 0, 0};
    ss_plugin_capture_listen_input listen = {.owner = &taken};
    pthread_t askers[2];

    if (api->set_async_event_handler(state, &taken, take_event) != SS_PLUGIN_SUCCESS ||
        api->capture_open(state, &listen) != SS_PLUGIN_SUCCESS) {
        fail("opening", api->get_last_error(state));
    }
    for (int i = 0; i < 2; i++) {
        pthread_create(&askers[i], NULL, ask_metrics, &taken);
    }
    read_source(api, state);
    __atomic_store_n(&taken.done, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < 2; i++) {
        pthread_join(askers[i], NULL);
    }
    if (api->capture_close(state, &listen) != SS_PLUGIN_SUCCESS ||
        api->set_async_event_handler(state, &taken, NULL) != SS_PLUGIN_SUCCESS) {
        fail("closing", api->get_last_error(state));
    }
    if (taken.events < EVENTS) {
        fail("async", "events are missing");
    }
}

/* The host's log. */
static void hear(ss_plugin_owner_t *owner, const char *component, const char *text,
                 ss_plugin_log_severity severity)
{
    (void)owner;
    (void)component;
    if (severity == SS_PLUGIN_LOG_SEV_INFO && strstr(text, "was reloaded") != NULL) {
        __atomic_add_fetch(&reloaded, 1, __ATOMIC_RELAXED);
    } else {
        fail("log", text);
    }
}

static void *run_states(void *unused)
{
    for (int round = 0; round < ROUNDS; round++) {
        plugin_api api = load();
        ss_plugin_init_input input = {.config = reloads ? "{\"lure\": {\"reload\": 0.001}}" : "{}",
                                      .log_fn = hear};
        ss_plugin_rc rc;
        ss_plugin_t *state = api.init(&input, &rc);

        if (rc == SS_PLUGIN_SUCCESS) {
            run_capture(&api, state);
        } else {
            fail("init", api.get_last_error(state));
        }
        api.destroy(state);
    }
    __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
    return unused;
}

/* Writes the script anew, with another description, in one step. */
static void change_script(int round)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s.new", script_path);
    file = fopen(path, "w");
    if (file == NULL) {
        exit(1);
    }
    fprintf(
        file,
        "local lure = require 'lure'\n"
        "local kept = { ticks = 0, n = 0 }\n"
        "local function tick() local n = kept.ticks + 1 if lure.emit('tick', n) then kept.ticks = n end end\n"
        "local function later() tick() lure.sleep(0.001) tick() lure.spawn(tick):join() end\n"
        "local plugin = { name = 'threads', version = '1.0.%d', id = 999, event_source = 'threads',\n"
        "  config = { a = { type = 'integer', default = %d } },\n"
        "  batch = { events = 50 },\n"
        "  next = function() if kept.n == %u then return nil end kept.n = kept.n + 1 tick() return kept.n "
        "end,\n"
        "  decode = function(event) return math.tointeger(event.data) end,\n"
        "  async_events = { 'tick' }, async_interval = 0.001, async = later,\n"
        "  capture_open = function(capture) capture:every(0.001, tick) capture:every(0.001, later)\n"
        "    capture:every(0.001, function() for _ in lure.net.listen('udp://127.0.0.1:0'):datagrams() do "
        "end end) "
        "end,\n"
        "  metrics = function() return { { name = 'ticks', value = kept.ticks, monotonic = true } } end,\n"
        "  fields = { { name = 't.value', type = 'uint64', desc = 'd', extract = function(v) return v "
        "end },\n"
        "    { name = 't.other%d', type = 'string', desc = 'd', extract = function() end } } }\n"
        "function plugin.init() plugin.kept = kept\n"
        "  lure.spawn(function() while true do lure.sleep(0.0005) kept.turns = (kept.turns or 0) + 1 end "
        "end) end\n"
        "function plugin.reload(old) kept = old.kept plugin.kept = kept end\n"
        "return plugin\n",
        round, round, EVENTS, reloads ? 0 : round);
    fclose(file);
    rename(path, script_path);
}

static void *load_again(void *unused)
{
    for (int round = 0; round < 3 * ROUNDS; round++) {
        plugin_api api;
        ss_plugin_init_input input = {.config = "{\"a\": 3}"};
        ss_plugin_rc rc;
        ss_plugin_t *state;

        change_script(round);
        api = load();
        if (strcmp(api.get_name(), "threads") != 0 || strcmp(api.get_required_api_version(), "3.7.0") != 0) {
            fail("loading", api.get_required_api_version());
        }
        state = api.init(&input, &rc);
        if (rc != SS_PLUGIN_SUCCESS) {
            fail("init", api.get_last_error(state));
        }
        api.destroy(state);
    }
    return unused;
}

/* A script that is changed again before a state has swapped it counts as one that is being written; states
 * that begin meanwhile have it already. */
static void *change_scripts(void *unused)
{
    for (int round = 1; __atomic_load_n(&running, __ATOMIC_ACQUIRE) > 0; round++) {
        int before = __atomic_load_n(&reloaded, __ATOMIC_RELAXED);

        change_script(round);
        for (int i = 0; i < 100 && __atomic_load_n(&reloaded, __ATOMIC_RELAXED) == before; i++) {
            usleep(1000);
        }
    }
    return unused;
}

int main(int argc, char **argv)
{
    void *(*work[])(void *) = {run_states, run_states, load_again};
    pthread_t threads[3];

    if (argc != 3 && (argc != 4 || strcmp(argv[3], "reload") != 0)) {
        return 2;
    }
    reloads = argc == 4;
    work[2] = reloads ? change_scripts : load_again;
    library_path = argv[1];
    script_path = argv[2];
    change_script(0);
    setenv("LURE_SCRIPT", script_path, 1);
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, work[i], NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    if (reloads && reloaded < ROUNDS) {
        fail("reload", "the script was hardly ever swapped");
    }
    return wrong;
}
