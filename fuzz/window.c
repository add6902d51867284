/*
 * window: adds events to windows (src/window/window.h) in any order of their times, with few and many keys,
 * and fails where a window finds something else than a list of all events does; where it says that a number
 * is exact and it is not; where what was dropped is not counted; and where memory is not charged as it is
 * taken.
 */
#include "window/window.h"
#include "input.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_STEPS 400u
#define KEYS       12u

struct naive_event {
    unsigned key;
    int64_t ns;
    int value; /* an index of `values`, or -1 */
};

static struct naive_event events[MOST_STEPS];
static unsigned count;
static int64_t newest, span;

static const double values[] = {0,  1, -1, 2.5, -7.25, 1e15, 4611686018427387904.0, -9223372036854775808.0,
                                0.1};

#define VALUES (sizeof(values) / sizeof(values[0]))

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s, after %u events\n", what, count);
    abort();
}

static struct identity key_identity(const struct siphash_key *hash, unsigned key)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "b",
                                        "a key of twenty-four byte",
                                        "a key of twenty-four bytes",
                                        "a key that is longer than what is kept of it",
                                        "\0\0"};

    if (key < sizeof(texts) / sizeof(texts[0])) {
        return identity_of_text(hash, texts[key], key == 6 ? 2 : strlen(texts[key]));
    }
    return key % 2 == 0 ? identity_of_integer(key) : identity_of_float(key + 0.5);
}

static struct identity value_identity(int value)
{
    return values[value] == (double)(int64_t)values[value] ? identity_of_integer((int64_t)values[value])
                                                           : identity_of_float(values[value]);
}

static bool is_inside(int64_t ns)
{
    return (__int128)newest - ns <= span;
}

struct truth {
    uint32_t count, distinct;
    __int128 integers;
    double floats;
};

static struct truth look(unsigned key)
{
    struct truth truth = {.count = 0};
    bool seen[VALUES] = {false};

    for (unsigned i = 0; i < count; i++) {
        const int value = events[i].value;

        if (events[i].key != key || !is_inside(events[i].ns)) {
            continue;
        }
        truth.count++;
        if (value < 0) {
            continue;
        }
        truth.distinct += !seen[value];
        seen[value] = true;
        if (values[value] == (double)(int64_t)values[value]) {
            truth.integers += (int64_t)values[value];
        } else {
            truth.floats += values[value];
        }
    }
    return truth;
}

static bool is_near(double a, double b)
{
    return a - b < 1e-6 && b - a < 1e-6;
}

static uint32_t check_key(struct window *window, unsigned number, bool whole)
{
    const struct identity id = key_identity(&window->hash, number);
    const struct window_key key = window_key(window, &id);
    const struct truth truth = look(number);
    struct window_found found;
    struct window_sum sum;

    window_find(window, &key, &found);
    window_sum(window, &key, &sum);
    if (whole && !found.exact) {
        fail("a number may not be exact, and nothing was dropped");
    }
    if (found.count > truth.count || found.distinct > truth.distinct) {
        fail("there are more than there were");
    }
    if (found.exact && (found.count != truth.count || found.distinct != truth.distinct ||
                        sum.integers != truth.integers || !is_near(sum.floats, truth.floats))) {
        fail("it is not as in the list");
    }
    return found.count;
}

static void check_all(struct window *window, uint32_t most_keys, uint32_t most_events)
{
    const bool whole = window->dropped_keys == 0 && window->dropped_events == 0;
    uint32_t sum = 0, keys = 0;

    while (window_expire(window, 1 + input_below(3))) {
    }
    for (unsigned key = 0; key < KEYS; key++) {
        const uint32_t found = check_key(window, key, whole);

        sum += found;
        keys += found > 0;
    }
    if (sum > most_events || keys > most_keys || keys != window->key_index.count) {
        fail("there is more than there may be");
    }
}

static void step(struct window *window, int64_t begin)
{
    const unsigned number = input_below(KEYS);
    const int value = (int)input_below(VALUES + 1) - 1;
    const int64_t ns = begin + (int64_t)input_below(4) * count + (int64_t)input_below(256) - 128;
    const struct identity id = key_identity(&window->hash, number),
                          what = value >= 0 ? value_identity(value) : id;
    const struct window_key key = window_key(window, &id);
    struct window_found found;

    newest = ns > newest ? ns : newest;
    if (is_inside(ns)) {
        events[count++] = (struct naive_event){.key = number, .ns = ns, .value = value};
    }
    window_advance(window, ns);
    while (window_expire(window, 2)) {
    }
    if (!window_add(window, &key, ns, value >= 0 ? &what : NULL, &found)) {
        if (is_inside(ns)) {
            count--; /* out of memory: nothing has changed */
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t begins[] = {0, 1, -1, INT64_MAX - 100000, INT64_MIN + 200, 1790000000000000000};
    static const int64_t spans[] = {0, 1, 50, 200, 1000, 100000, 1000000000000000000};
    struct memory_budget budget = {.limit = SIZE_MAX};
    const struct siphash_key hash = {{1, 2}};
    struct window window;
    uint32_t most_keys, most_events;
    int64_t begin;

    input_begin(data, size);
    begin = INPUT_PICK(begins);
    span = INPUT_PICK(spans);
    most_keys = input_once_in(2) ? KEYS : 1 + input_below(KEYS);
    most_events = input_once_in(2) ? MOST_STEPS : 1 + input_below(40);
    budget.limit = input_once_in(4) ? 1000 + input_below(20000) : 1u << 30;
    count = 0;
    newest = INT64_MIN;
    window_open(&window, &budget, &hash, span, most_keys, most_events);
    for (unsigned i = 0; i < MOST_STEPS && input_left() > 0; i++) {
        step(&window, begin);
        if (input_once_in(4)) {
            check_all(&window, most_keys, most_events);
        }
    }
    check_all(&window, most_keys, most_events);
    window_close(&window);
    if (budget.used != 0) {
        fail("memory stays charged");
    }
    return 0;
}
