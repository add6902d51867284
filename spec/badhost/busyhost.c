/*
 * busyhost LIBRARY CASE: a host of the plugin API 3 whose threads do at once what they should do one after
 * another.
 *
 * The script that LURE_SCRIPT names is this program's own (busyhost_spec.lua). Exits with 0 if nothing is
 * wrong.
 */
#include "v3/abi.h"

#include "loaded.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static ss_plugin_t *shared; /* changed atomically */
static bool stop;           /* the same */
static ss_plugin_table_input table;

static ss_plugin_rc add_table(ss_plugin_owner_t *owner, const ss_plugin_table_input *input)
{
    if (owner != NULL) {
        *(ss_plugin_table_input *)owner = *input;
    }
    return SS_PLUGIN_SUCCESS;
}

static const ss_plugin_init_tables_input tables = {.add_table = add_table};

static ss_plugin_t *init(ss_plugin_owner_t *owner)
{
    ss_plugin_init_input input = {.config = "{}", .owner = owner, .tables = &tables};
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init(&input, &rc);

    expect(rc == SS_PLUGIN_SUCCESS, api.get_last_error(state));
    return state;
}

static bool is_stopped(void)
{
    return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static ss_plugin_t *get_shared(void)
{
    return __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
}

static void set_shared(ss_plugin_t *state)
{
    __atomic_store_n(&shared, state, __ATOMIC_RELEASE);
}

static void start(pthread_t *thread, void *(*run)(void *))
{
    expect(pthread_create(thread, NULL, run, NULL) == 0, "a thread");
}

static void end(pthread_t thread)
{
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
}

/* ---- destroy while others are at it ---- */

static void *ask_metrics(void *unused)
{
    while (!is_stopped()) {
        uint32_t count;

        api.get_metrics(get_shared(), &count);
    }
    return unused;
}

static void destroy_under_metrics(void)
{
    pthread_t askers[2];

    set_shared(init(NULL));
    start(&askers[0], ask_metrics);
    start(&askers[1], ask_metrics);
    for (int i = 0; i < 200; i++) {
        ss_plugin_t *next = init(NULL);

        usleep(100);
        api.destroy(get_shared());
        set_shared(next);
    }
    end(askers[0]);
    end(askers[1]);
    api.destroy(get_shared());
}

static void *read_events(void *unused)
{
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(get_shared(), "", &rc);
    ss_plugin_event **events;
    uint32_t count;

    while (api.next_batch(get_shared(), instance, &count, &events) == SS_PLUGIN_TIMEOUT) {
        __atomic_store_n(&stop, true, __ATOMIC_RELEASE); /* it waits most of the time */
    }
    return unused;
}

/* The script has no events, so that next_batch waits. */
static void destroy_under_next_batch(void)
{
    for (int i = 0; i < 10; i++) {
        pthread_t reader;

        __atomic_store_n(&stop, false, __ATOMIC_RELEASE);
        set_shared(init(NULL));
        start(&reader, read_events);
        while (!is_stopped()) {
            usleep(100);
        }
        api.destroy(get_shared());
        pthread_join(reader, NULL);
        expect(strstr(api.get_last_error(get_shared()), "was destroyed") != NULL, "the error");
    }
}

/* A configuration that takes its time to be read. */
static const char *long_config(void)
{
    static char config[16 * 1024] = "{\"list\": [0"; /* the rest is spaces, and the end */

    memset(config + strlen(config), ' ', sizeof(config) - strlen(config) - sizeof("]}"));
    memcpy(config + sizeof(config) - sizeof("]}"), "]}", sizeof("]}"));
    return config;
}

/* Loads the library, and makes and destroys a state. */
static void load_again(const char *config)
{
    void *again = dlopen(library_path, RTLD_LOCAL | RTLD_NOW);
    __typeof__(api) found;
    ss_plugin_init_input input = {.config = config, .tables = &tables};
    ss_plugin_t *state;
    ss_plugin_rc rc;

#define LOOK_UP(name, ...) *(void **)&found.name = dlsym(again, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
    state = found.init(&input, &rc);
    expect(rc == SS_PLUGIN_SUCCESS, found.get_last_error(state));
    found.destroy(state);
    dlclose(again);
}

/* ---- fork while others are at it ---- */

static void *load_often(void *unused)
{
    const char *config = long_config();

    while (!is_stopped()) {
        load_again(config);
    }
    return unused;
}

/* Adds an entry with a text, reads it, and erases it. */
static void use_table(uint64_t number)
{
    ss_plugin_state_data key = {.u64 = number}, text = {.str = "text"}, read;
    ss_plugin_table_field_t *field =
        table.fields_ext->get_table_field(table.table, "text", SS_PLUGIN_ST_STRING);
    ss_plugin_table_entry_t *entry = table.writer_ext->create_table_entry(table.table);

    entry = table.writer_ext->add_table_entry(table.table, &key, entry);
    expect(entry != NULL && field != NULL, "an entry");
    expect(table.writer_ext->write_entry_field(table.table, entry, field, &text) == SS_PLUGIN_SUCCESS &&
               table.reader_ext->read_entry_field(table.table, entry, field, &read) == SS_PLUGIN_SUCCESS &&
               strcmp(read.str, "text") == 0,
           "its text");
    table.reader_ext->release_table_entry(table.table, entry);
    table.writer_ext->erase_table_entry(table.table, &key);
}

static void *use_tables(void *unused)
{
    while (!is_stopped()) {
        use_table(1);
    }
    return unused;
}

static void fork_under_all(void)
{
    pthread_t loader, user;
    ss_plugin_t *state = init(&table);

    start(&loader, load_often);
    start(&user, use_tables);
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            alarm(30);
            use_table(2);
            expect(strcmp(api.get_name(), "busy") == 0, "a name");
            api.destroy(init(NULL));
            api.destroy(state);
            _exit(0);
        }
        expect(waitpid(child, &status, 0) == child && status == 0, "a child");
    }
    end(loader);
    end(user);
    api.destroy(state);
}

/* ---- SIGHUP ---- */

static long kilobytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size, resident = 0;

    expect(file != NULL && fscanf(file, "%ld %ld", &size, &resident) == 2, "statm");
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static int count_entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static void change_script(void)
{
    FILE *file = fopen(getenv("LURE_SCRIPT"), "a");

    fputc('\n', file);
    fclose(file);
}

static int rounds;

/* A dry run, as Falco does it on another thread at each SIGHUP. */
static void *run_dry(void *unused)
{
    load_again("{}");
    return unused;
}

/* While a state runs, with a thread that asks for its metrics. */
static void reload_often(void)
{
    long before = 0;
    int files = 0, threads = 0;
    pthread_t asker;

    set_shared(init(NULL));
    start(&asker, ask_metrics);
    for (rounds = 0; rounds < 1000; rounds++) {
        pthread_t thread;

        if (rounds % 10 == 0) {
            change_script();
        }
        start(&thread, run_dry);
        pthread_join(thread, NULL);
        if (rounds == 200) {
            before = kilobytes();
            files = count_entries("/proc/self/fd");
            threads = count_entries("/proc/self/task");
        }
    }
    expect(count_entries("/proc/self/fd") == files && count_entries("/proc/self/task") == threads, "flat");
#ifndef __SANITIZE_ADDRESS__
    expect(kilobytes() - before < 2048, "the process grows");
#endif
    end(asker);
    api.destroy(get_shared());
    (void)before;
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"destroy under metrics", destroy_under_metrics},
    {"destroy under next_batch", destroy_under_next_batch},
    {"fork under all", fork_under_all},
    {"reload often", reload_often},
};

int main(int argc, char **argv)
{
    if (argc == 3) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            if (strcmp(cases[i].name, argv[2]) == 0) {
                alarm(200); /* it hangs */
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
