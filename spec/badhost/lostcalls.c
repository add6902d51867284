/*
 * lostcalls_v3 LIBRARY throw|jump: a host whose functions do not return to the plugin that has called them,
 * but throw a C++ exception or jump to where the host has called the plugin.
 *
 * Each function of the host's, in each call of the API: the plugin state refuses everything then, with an
 * error, or works as before where the function was not called. Another state goes on. Exits with 0 if that is
 * so.
 */
#include "calls_v3.h"
#include "leaving.h"

#include <unistd.h>

static const struct {
    const char *name;
    enum answer (*call)(void);
} calls[] = {
#define CALL(name, ...) {#name, call_##name},
    PLUGIN_API_SYMBOLS(CALL)
#undef CALL
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static enum answer (*called)(void);

static void make_call(void)
{
    called();
}

static void (*const leaving)(void) = leave;
static ss_plugin_t *lost; /* the state whose functions do not return */

static void hear_lost(ss_plugin_owner_t *o, const char *component, const char *text,
                      ss_plugin_log_severity level)
{
    (void)o, (void)component, (void)text, (void)level;
    if (given.state == lost && given.init.log_fn == NULL) {
        leave();
    }
}

/* What a host passes that is a function: all of them are called with few arguments. */
static bool is_function(size_t word)
{
    const uintptr_t *words = (const uintptr_t *)(const void *)&good;
    static const void *const functions[] = {take_event,         owner_error,         get_table_entry,
                                            read_entry_field,   release_table_entry, iterate_entries,
                                            get_table_size,     clear_table,         erase_table_entry,
                                            create_table_entry, add_table_entry,     write_entry_field};

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (words[word] == (uintptr_t)functions[i]) {
            return true;
        }
    }
    return false;
}

static bool expect_lost(void)
{
    const char *text = api.get_last_error(lost);
    ss_plugin_rc open_rc = SS_PLUGIN_SUCCESS;

    expect(api.open(lost, "", &open_rc) == NULL && open_rc == SS_PLUGIN_FAILURE, "open");
    text = api.get_last_error(lost);
    expect(strstr(text, "has not returned") != NULL, text);
    api.get_metrics(lost, &number);
    expect(api.capture_close(lost, &good.listen) == SS_PLUGIN_SUCCESS, "capture_close");
    expect(api.set_async_event_handler(lost, NULL, NULL) == SS_PLUGIN_SUCCESS, "no handler");
    return true;
}

/* One call with one function that does not return. True: it was called. */
static bool lose(size_t number_of_call, size_t word, bool by_throw)
{
    ss_plugin_init_input input = good.init;
    ss_plugin_set_config_input config = {"{}"};
    bool left;

    given = good;
    input.log_fn = hear_lost;
    given.state = lost = api.init(&input, &rc);
    expect(rc == SS_PLUGIN_SUCCESS, "init");
    given.instance = api.open(lost, "", &rc);
    if (word == 0) {
        given.init.log_fn = NULL; /* the log's */
    } else {
        ((uintptr_t *)(void *)&given)[word] = (uintptr_t)leaving;
    }
    called = calls[number_of_call].call;
    left = is_left(make_call, by_throw);
    given = good;
    if (left) {
        expect_lost();
    } else {
        expect(api.set_config(lost, &config) == SS_PLUGIN_SUCCESS, "set_config");
    }
    api.destroy(lost);
    expect_works();
    return left;
}

int main(int argc, char **argv)
{
    bool by_throw = argc == 3 && strcmp(argv[2], "throw") == 0;
    int count = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: %s LIBRARY throw|jump\n", argv[0]);
        return 2;
    }
    alarm(300); /* it hangs */
    library_path = argv[1];
    load();
    fill_given();
    good = given;
    good.state = init_state("{}");
    good.instance = api.open(good.state, "", &rc);
    expect(good.instance != NULL, "open");
    given = good;
    expect_works();
    for (size_t i = 0; i < CALLS; i++) {
        if (strcmp(calls[i].name, "init") == 0 || strcmp(calls[i].name, "destroy") == 0) {
            continue; /* there is no state to go on with */
        }
        doing = calls[i].name;
        count += lose(i, 0, by_throw);
        for (size_t word = 1; word < sizeof(given) / sizeof(uintptr_t); word++) {
            count += is_function(word) && lose(i, word, by_throw);
        }
    }
    printf("%d calls\n", count);
    api.destroy(good.state);
    return 0;
}
