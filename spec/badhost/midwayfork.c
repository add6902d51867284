/*
 * midwayfork_v3, midwayfork_v0 LIBRARY FORKS: forks so many times while another thread is in the middle of a
 * plugin, wherever that is; each child destroys that plugin's state, and has one of its own.
 *
 * The script that LURE_SCRIPT names (midwayfork_spec.lua) has a source, and a field "midway.data". Exits with
 * 0 if every child does.
 */
#if HOST_API == 0
#include "v0/abi.h"
#else
#include "v3/abi.h"
#endif

#include "loaded.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static ss_plugin_t *shared;
static unsigned readings; /* that the other thread has done; changed atomically */
static bool stop;         /* the same */

static ss_instance_t *open_source(ss_plugin_t *state)
{
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(state, "", &rc);

    expect(rc == SS_PLUGIN_SUCCESS, api.get_last_error(state));
    return instance;
}

#if HOST_API == 0

typedef ss_plugin_event *events;

static ss_plugin_t *init(void)
{
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init("{}", &rc);

    expect(rc == SS_PLUGIN_SUCCESS, api.get_last_error(state));
    return state;
}

static ss_plugin_rc extract_first(ss_plugin_t *state, events batch)
{
    ss_plugin_extract_field field = {.field = "midway.data", .arg = "", .ftype = FTYPE_STRING};

    batch[0].evtnum = 1;
    return api.extract_fields(state, batch, 1, &field);
}

#else

typedef ss_plugin_event **events;

static ss_plugin_t *init(void)
{
    ss_plugin_init_input input = {.config = "{}"};
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init(&input, &rc);

    expect(rc == SS_PLUGIN_SUCCESS, api.get_last_error(state));
    return state;
}

static ss_plugin_rc extract_first(ss_plugin_t *state, events batch)
{
    const ss_plugin_event_input input = {batch[0], 1, "midway"};
    ss_plugin_extract_field field = {.field = "midway.data", .ftype = FTYPE_STRING};
    const ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &field};

    return api.extract_fields(state, &input, &in);
}

#endif

/* The next events, and the field of the first. */
static void read_some(ss_plugin_t *state, ss_instance_t *instance)
{
    events batch;
    uint32_t count = 0;
    ss_plugin_rc rc;

    do {
        rc = api.next_batch(state, instance, &count, &batch);
    } while (rc == SS_PLUGIN_TIMEOUT && count == 0);
    expect(rc == SS_PLUGIN_SUCCESS && count > 0, api.get_last_error(state));
    expect(extract_first(state, batch) == SS_PLUGIN_SUCCESS, api.get_last_error(state));
}

static void *read_often(void *instance)
{
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        read_some(shared, instance);
        __atomic_add_fetch(&readings, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void await_reading(void)
{
    unsigned before = __atomic_load_n(&readings, __ATOMIC_ACQUIRE);

    while (__atomic_load_n(&readings, __ATOMIC_ACQUIRE) == before) {
        usleep(1000);
    }
}

static void use_in_child(void)
{
    ss_plugin_t *state;
    ss_instance_t *instance;

    doing = "in a child: ";
    alarm(60); /* it hangs */
    api.destroy(shared);
    state = init();
    instance = open_source(state);
    read_some(state, instance);
    api.close(state, instance);
    api.destroy(state);
    _exit(0);
}

/* False: the child has not ended well. */
static bool fork_once(int number)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        use_in_child();
    }
    if (waitpid(child, &status, 0) == child && status == 0) {
        return true;
    }
    fprintf(stderr, "child %d ended with %#x\n", number, (unsigned)status);
    return false;
}

int main(int argc, char **argv)
{
    pthread_t reader;
    ss_instance_t *instance;

    if (argc != 3) {
        return 2;
    }
    library_path = argv[1];
    load();
    shared = init();
    instance = open_source(shared);
    expect(pthread_create(&reader, NULL, read_often, instance) == 0, "a thread");
    await_reading();
    for (int i = 0; i < atoi(argv[2]); i++) {
        usleep((unsigned)(i * 397 % 4000)); /* at any point of a reading */
        if (!fork_once(i)) {
            return 1;
        }
        await_reading();
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    pthread_join(reader, NULL);
    api.close(shared, instance);
    api.destroy(shared);
    return 0;
}
