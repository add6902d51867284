/*
 * badhost_v3, badhost_v0 LIBRARY CASE: a host that breaks the rules of the plugin API.
 *
 * Loads the library, whose script LURE_SCRIPT names, and does one of the things below that no host should do.
 * Exits with 0 if every call returned what its rule says; else with 1 and a message. That it neither crashes
 * nor hangs, and that the sanitizers find nothing, is the test.
 */
#if HOST_API == 0
#include "v0/abi.h"
typedef ss_plugin_event *events;
#else
#include "v3/abi.h"
typedef ss_plugin_event **events;
#endif

#include "loaded.h"

#include <sys/wait.h>
#include <unistd.h>

static ss_plugin_t *init(void)
{
    ss_plugin_rc rc;
#if HOST_API == 0
    ss_plugin_t *state = api.init("{}", &rc);
#else
    ss_plugin_init_input input = {.config = "{}"};
    ss_plugin_t *state = api.init(&input, &rc);
#endif

    expect(rc == SS_PLUGIN_SUCCESS, "init");
    return state;
}

static ss_instance_t *open_source(ss_plugin_t *state)
{
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(state, "", &rc);

    expect(rc == SS_PLUGIN_SUCCESS && instance != NULL, "open");
    return instance;
}

static void expect_error(ss_plugin_t *state, const char *part)
{
    const char *text = api.get_last_error(state);

    if (strstr(text, part) == NULL) {
        fprintf(stderr, "expected an error with \"%s\", got \"%s\"\n", part, text);
        exit(1);
    }
}

/* ---- instances ---- */

#define NOT_OPEN "the event source is not open"

/* No function does anything with an instance that is not an open one of this state. */
static void use_closed(ss_plugin_t *state, ss_instance_t *instance)
{
    uint32_t count = 1, progress = 1;
    events batch;

    expect(api.next_batch(state, instance, &count, &batch) == SS_PLUGIN_FAILURE && count == 0, "next_batch");
    expect_error(state, NOT_OPEN);
    expect(strcmp(api.get_progress(state, instance, &progress), "") == 0 && progress == 0, "get_progress");
    expect_error(state, NOT_OPEN);
    api.close(state, instance);
}

static void close_twice(void)
{
    ss_plugin_t *state = init(), *other = init();
    ss_instance_t *instance = open_source(state), *kept = open_source(state);
    uint32_t count;
    events batch;

    use_closed(other, instance);
    api.close(state, instance);
    use_closed(state, instance);
    use_closed(state, NULL);
    expect(api.next_batch(state, kept, &count, &batch) == SS_PLUGIN_SUCCESS && count == 1, "the other");
    api.close(state, kept);
    api.destroy(other);
    api.destroy(state);
}

static void destroy_open(void)
{
    ss_plugin_t *state = init();
    uint32_t count;
    events batch;

    api.next_batch(state, open_source(state), &count, &batch);
    open_source(state);
    api.destroy(state);
}

#if HOST_API == 3

/* ---- calls from inside of calls ---- */

static struct {
    ss_plugin_t *state;
    ss_instance_t *instance;
    ss_plugin_event *event;
    int calls, events;
    bool takes; /* set_async_event_handler has been called */
} inside;

#define REFUSED "from a function that the plugin had called"

static ss_plugin_rc take_event(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error);

/* Calls all functions of a state, all of which refuse. `async`: those of async events, too. */
static void call_everything(bool async)
{
    ss_plugin_t *state = inside.state;
    const ss_plugin_event_input input = {inside.event, 1, "bad"};
    ss_plugin_extract_field field = {.field_id = 0, .field = "bad.data", .ftype = FTYPE_STRING};
    const ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &field};
    ss_plugin_capture_listen_input listen = {.owner = NULL};
    ss_plugin_set_config_input config = {.config = "{}"};
    uint32_t count = 1;
    ss_plugin_event **batch;
    ss_plugin_rc rc;

    if (state == NULL) {
        return; /* in init */
    }
    inside.calls++;
    expect(api.open(state, "", &rc) == NULL && rc == SS_PLUGIN_FAILURE, "open");
    expect_error(state, REFUSED);
    expect(api.next_batch(state, inside.instance, &count, &batch) == SS_PLUGIN_FAILURE, "next_batch");
    api.get_progress(state, inside.instance, &count);
    api.close(state, inside.instance);
    expect(api.list_open_params(state, &rc) == NULL && rc == SS_PLUGIN_FAILURE, "list_open_params");
    expect(api.set_config(state, &config) == SS_PLUGIN_FAILURE, "set_config");
    if (inside.event != NULL) {
        expect(api.event_to_string(state, &input) == NULL, "event_to_string");
        expect(api.extract_fields(state, &input, &in) == SS_PLUGIN_FAILURE, "extract_fields");
    }
    if (async) {
        api.get_metrics(state, &count);
        expect(api.set_async_event_handler(state, NULL, NULL) == SS_PLUGIN_FAILURE,
               "set_async_event_handler");
        expect(api.dump_state(state, NULL, take_event) == SS_PLUGIN_FAILURE, "dump_state");
        expect(api.capture_open(state, &listen) == SS_PLUGIN_FAILURE, "capture_open");
        expect(api.capture_close(state, &listen) == SS_PLUGIN_FAILURE, "capture_close");
    }
    api.destroy(state);
    expect_error(state, REFUSED);
}

static ss_plugin_rc take_event(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error)
{
    (void)owner, (void)event, (void)error;
    call_everything(inside.takes);
    __atomic_add_fetch(&inside.events, 1, __ATOMIC_RELEASE);
    return SS_PLUGIN_SUCCESS;
}

static void hear(ss_plugin_owner_t *owner, const char *component, const char *text,
                 ss_plugin_log_severity severity)
{
    (void)owner, (void)component, (void)text, (void)severity;
    call_everything(inside.takes);
}

static void check_field(ss_plugin_event *event, uint64_t number, const char *data)
{
    const ss_plugin_event_input input = {event, number, "bad"};
    ss_plugin_extract_field field = {.field_id = 0, .field = "bad.data", .ftype = FTYPE_STRING};
    const ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &field};

    expect(api.extract_fields(inside.state, &input, &in) == SS_PLUGIN_SUCCESS && field.res_len == 1 &&
               strcmp(field.res.str[0], data) == 0,
           data);
}

/* Reads two events, of each of which a function logs while it is asked for, and so calls back. */
static void read_events(void)
{
    ss_plugin_event **batch;
    uint32_t count;

    inside.instance = open_source(inside.state);
    while (api.next_batch(inside.state, inside.instance, &count, &batch) == SS_PLUGIN_TIMEOUT) {
    }
    expect(count == 2, "two events");
    inside.event = batch[1];
    check_field(batch[0], 1, "a1");
    check_field(batch[0], 1, "a1");
    inside.event = batch[0];
    check_field(batch[1], 2, "a2");
    check_field(batch[0], 3, "a1");
    inside.event = NULL;
    api.close(inside.state, inside.instance);
}

static void start_hearing(void)
{
    ss_plugin_init_input input = {.config = "{}", .log_fn = hear};
    ss_plugin_rc rc;

    memset(&inside, 0, sizeof(inside));
    inside.state = api.init(&input, &rc);
    expect(rc == SS_PLUGIN_SUCCESS, "init");
}

static void call_back(void)
{
    start_hearing();
    if (api.set_async_event_handler != NULL) {
        inside.takes = true;
        expect(api.set_async_event_handler(inside.state, NULL, take_event) == SS_PLUGIN_SUCCESS,
               "set handler");
    }
    read_events();
    while (inside.takes && __atomic_load_n(&inside.events, __ATOMIC_ACQUIRE) < 5) {
        usleep(1000);
    }
    expect(inside.calls > 5, "the plugin calls");
    api.destroy(inside.state);
}

/* ---- while the timer's thread runs ---- */

static ss_plugin_rc count_event(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error)
{
    (void)owner, (void)event, (void)error;
    __atomic_add_fetch(&inside.events, 1, __ATOMIC_RELEASE);
    return SS_PLUGIN_SUCCESS;
}

static void await_events(int count)
{
    count += __atomic_load_n(&inside.events, __ATOMIC_ACQUIRE);
    while (__atomic_load_n(&inside.events, __ATOMIC_ACQUIRE) < count) {
        usleep(1000);
    }
}

static void start_timer(void)
{
    ss_plugin_capture_listen_input listen = {.owner = NULL};

    inside.state = init();
    expect(api.set_async_event_handler(inside.state, NULL, count_event) == SS_PLUGIN_SUCCESS, "set handler");
    expect(api.capture_open(inside.state, &listen) == SS_PLUGIN_SUCCESS, "capture_open");
    await_events(3);
}

static void unload(void)
{
    start_timer();
    dlclose(library);
    await_events(3);
}

static void unload_destroyed(void)
{
    start_timer();
    api.destroy(inside.state);
    dlclose(library);
    expect(dlopen(library_path, RTLD_NOW | RTLD_NOLOAD) == NULL, "unloaded");
}

/* In the child the state works, or refuses everything because it was in use. */
static void use_in_child(void)
{
    ss_plugin_capture_listen_input listen = {.owner = NULL};
    uint32_t count;
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(inside.state, "", &rc);
    ss_plugin_event **batch;

    if (instance == NULL) {
        expect_error(inside.state, "was in use when this process was forked");
    } else {
        expect(api.next_batch(inside.state, instance, &count, &batch) == SS_PLUGIN_SUCCESS, "next_batch");
        api.close(inside.state, instance);
    }
    api.get_metrics(inside.state, &count);
    api.capture_close(inside.state, &listen);
    rc = api.set_async_event_handler(inside.state, NULL, NULL);
    expect(rc == SS_PLUGIN_SUCCESS, "set_async_event_handler"); /* there is no thread that could go on */
    if (instance != NULL) {                                     /* a thread of its own */
        expect(api.set_async_event_handler(inside.state, NULL, count_event) == SS_PLUGIN_SUCCESS, "handler");
        await_events(1);
    }
    api.destroy(inside.state);
}

static void fork_often(void)
{
    start_timer();
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            alarm(30);
            use_in_child();
            _exit(0);
        }
        expect(waitpid(child, &status, 0) == child && status == 0, "a child");
        await_events(1);
    }
    api.destroy(inside.state);
}
#endif

/* ---- cases ---- */

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"close twice", close_twice},
    {"destroy while open", destroy_open},
#if HOST_API == 3
    {"call back", call_back},
    {"unload while the timer runs", unload},
    {"unload behind destroy", unload_destroyed},
    {"fork while the timer runs", fork_often},
#endif
};

int main(int argc, char **argv)
{
    if (argc == 3) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            if (strcmp(cases[i].name, argv[2]) == 0) {
                alarm(60); /* it hangs */
                library_path = argv[1];
                load();
                cases[i].run();
                return 0;
            }
        }
    }
    fprintf(stderr, "usage: %s LIBRARY CASE\n", argv[0]);
    return 2;
}
