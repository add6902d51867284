/*
 * declaredfields: parses the field list (JSON) of a plugin as libsinsp does, and requests such as "x.y[3]".
 */
#ifndef LURE_TESTHOST_DECLAREDFIELDS_H
#define LURE_TESTHOST_DECLAREDFIELDS_H

#include "testhost/stringlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_types {
    uint16_t *items;
    size_t count;
    bool all;
};

/* How one value lies in memory: what the column `cell` of event/fieldtypes.def names. */
enum field_cell { FIELD_TEXT, FIELD_NATURAL, FIELD_BOOL, FIELD_ADDRESS };

struct field {
    char *name, *type, *desc, *display; /* display "": none */
    uint32_t number; /* ss_plugin_field_type; the same in every version that knows the type */
    enum field_cell cell;
    bool list, add_output;
    bool required, index, key; /* argument */
    struct string_list properties;
};

struct field_list {
    struct field *items;
    size_t count;
    const struct field **by_name; /* in order */
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
