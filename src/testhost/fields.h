/*
 * fields: the JSON texts that a plugin declares itself with, read as libsinsp reads them.
 */
#ifndef LURE_TESTHOST_FIELDS_H
#define LURE_TESTHOST_FIELDS_H

#include "testhost/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_types {
    uint16_t *items;
    size_t count;
    bool all;
};

/* Values of ss_plugin_field_type; the same in every version that knows the type. */
enum field_type_number {
    FIELD_UINT64 = 8,
    FIELD_STRING = 9,
    FIELD_RELTIME = 20,
    FIELD_ABSTIME = 21,
    FIELD_BOOL = 25,
    FIELD_IPADDR = 40,
    FIELD_IPNET = 41
};

struct field {
    char *name, *type, *desc, *display; /* display "": none */
    enum field_type_number number;
    bool list, add_output;
    bool required, index, key; /* argument */
    struct texts properties;
};

struct field_list {
    struct field *items;
    size_t count;
};

/* One field with its argument, as in a filter: "dummy.divisible[3]". */
struct field_request {
    const struct field *field;
    uint32_t id;    /* its place in the list */
    char *argument; /* text in the brackets, or NULL */
    uint64_t index; /* the argument as a number, or all ones */
};

/* Reads the list of get_fields, of API 0 or 3. False: `message` (HOST_MESSAGE bytes) says why, as the
 * framework. */
bool fields_read(struct field_list *list, int api, const char *plugin, const char *json, char *message);
void fields_free(struct field_list *list);

/* Finds the field that `text` names and reads its argument by the rules of API 0 or 3; free
 * request->argument. */
bool field_request_read(struct field_request *request, const struct field_list *list, int api,
                        const char *text, char *message);

#endif
