/*
 * subject: loads a plugin for a benchmark as a host does.
 *
 * Only one state of a library at a time: its script is found by $LURE_SCRIPT, which the case sets.
 */
#ifndef LURE_BENCH_SUBJECT_H
#define LURE_BENCH_SUBJECT_H

#include "v3/abi.h"

#include <stdbool.h>
#include <stddef.h>

struct subject {
    void *library;
    plugin_api api;
    ss_plugin_t *state;
    ss_instance_t *instance;
    uint32_t first_field; /* its number of field 0 */
    uint64_t num;         /* of the last event */
    ss_plugin_event **events;
    uint32_t count, used; /* of the last batch */
    char source[64], params[4096];
    ss_plugin_event_input input; /* what is shown */
    ss_plugin_field_extract_input asked;
    ss_plugin_extract_field answer;
};

/* What it is asked for. */
struct request {
    uint32_t field;
    uint64_t index;  /* the argument; 0: none */
    const char *key; /* the argument; NULL: none */
};

/* Loads, inits and opens; ends the program, with a text, where that fails. */
void subject_open(struct subject *subject, const char *library, const char *config, const char *params);
void subject_close(struct subject *subject);

/* Closes the source, and opens it again. `meanwhile`: called between, or NULL. */
void subject_reopen(struct subject *subject, void (*meanwhile)(void));

/* The next batch, if there are events before its time is up. False: there are none. */
bool subject_poll(struct subject *subject);

/* The next batch. At its end the source is opened again. */
void subject_next(struct subject *subject);

/* Shows event number `number` of the batch in what follows. */
void subject_turn_to(struct subject *subject, uint32_t number);

/* The next event, of the next batch if need be; shown in what follows. */
const ss_plugin_event *subject_step(struct subject *subject);

/* Asks for one field, as libsinsp does; subject->answer has it. Ends the program where that fails. */
void subject_ask(struct subject *subject, const struct request *request);

/* Is the field's type a text? Else it is a number. */
bool subject_is_text(const struct subject *subject, uint32_t field);

const char *subject_show(struct subject *subject);

#endif
