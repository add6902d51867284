/*
 * badcalls_v3, badcalls_v0 LIBRARY null|order: a host that passes NULL, or states that do not run.
 *
 * Calls each function of the plugin API of the library, whose script LURE_SCRIPT names. `null`: with each
 * word of all that it passes set to zero, one after another: arguments, members of structs, functions in
 * tables. `order`: with states whose init has failed, and with destroyed ones. What is refused has an error,
 * and a state that runs beside goes on. Exits with 0 if that is so.
 */
#if HOST_API == 0
#include "calls_v0.h"
#else
#include "calls_v3.h"
#endif

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

static enum answer make_call(size_t number)
{
    static char text[64];
    enum answer answer;

    snprintf(text, sizeof(text), "%s: ", calls[number].name);
    doing = text;
    answer = calls[number].call();
    doing = "";
    return answer;
}

static void expect_error(const char *name, const char *part)
{
    const char *text = api.get_last_error(given.state);

    if (text == NULL || strstr(text, part) == NULL || text[0] == '\0') {
        fprintf(stderr, "%s: expected an error with \"%s\", got \"%s\"\n", name, part, text);
        exit(1);
    }
}

/* Every function that the script has does something, where nothing is wrong. */
static void call_well(void)
{
    for (size_t i = 0; i < CALLS; i++) {
        given = good;
        if (make_call(i) == REFUSED) {
            fprintf(stderr, "%s: %s\n", calls[i].name, api.get_last_error(good.state));
            exit(1);
        }
    }
    expect_works();
}

static void pass_null(void)
{
    for (size_t i = 0; i < CALLS; i++) {
        for (size_t word = 0; word < sizeof(given) / sizeof(uintptr_t); word++) {
            given = good;
            if (((const uintptr_t *)(const void *)&good)[word] == 0) {
                continue;
            }
            ((uintptr_t *)(void *)&given)[word] = 0;
            if (make_call(i) == REFUSED) {
                expect_error(calls[i].name, "");
            }
            given = good;
            expect_works();
        }
    }
}

/* With a state that does not run: all that needs one is refused, with this error. */
static void call_stopped(ss_plugin_t *state, const char *error)
{
    for (size_t i = 0; i < CALLS; i++) {
        enum answer answer;

        if (strcmp(calls[i].name, "destroy") == 0) {
            continue;
        }
        given = good;
        given.state = state;
        answer = make_call(i);
        expect(answer != DONE, calls[i].name);
        if (answer == REFUSED) {
            expect_error(calls[i].name, error);
        }
    }
    given = good;
    expect_works();
}

static void call_in_wrong_order(void)
{
    ss_plugin_t *failed = init_state("{"), *ended = init_state("{}");

    call_stopped(NULL, "there is no plugin state");
    expect(failed != NULL && strstr(api.get_last_error(failed), "init_config") != NULL, "init fails");
    call_stopped(failed, "the plugin is not initialised");
    api.destroy(failed);
    call_stopped(failed, "the plugin state was destroyed");
    api.destroy(ended);
    for (int i = 0; i < 3; i++) {
        call_stopped(ended, "the plugin state was destroyed");
        api.destroy(ended);
        api.destroy(failed);
    }
    ended = init_state("{}");
    api.destroy(ended);
    for (int i = 0; i < 32; i++) { /* SLOTS_KEPT: until then its memory is nobody else's */
        ss_plugin_t *other = init_state("{}");

        expect(api.open(ended, "", &rc) == NULL && rc == SS_PLUGIN_FAILURE, "an ended state is another one");
        api.destroy(other);
    }
}

int main(int argc, char **argv)
{
    bool null = argc == 3 && strcmp(argv[2], "null") == 0;

    if (argc != 3 || (!null && strcmp(argv[2], "order") != 0)) {
        fprintf(stderr, "usage: %s LIBRARY null|order\n", argv[0]);
        return 2;
    }
    alarm(300); /* it hangs */
    library_path = argv[1];
    load();
    fill_given();
    good = given;
    good.state = init_state("{}");
    expect(rc == SS_PLUGIN_SUCCESS, "init");
    good.instance = api.open(good.state, "", &rc);
    expect(good.instance != NULL, "open");
    given = good;
    expect_works();
    call_well();
    (null ? pass_null : call_in_wrong_order)();
    api.close(good.state, good.instance);
    api.destroy(good.state);
    return 0;
}
