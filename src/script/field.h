/*
 * field: reads one field of a script's `fields` list into C, and checks it.
 *
 * Owner: the manifest. Immutable after reading.
 */
#ifndef LURE_SCRIPT_FIELD_H
#define LURE_SCRIPT_FIELD_H

#include "event/fieldtypes.h"
#include "json/jsoncell.h"
#include "json/paths.h"
#include "script/findings.h"

#include <cJSON.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct field {
    char *name;
    char *label;                   /* "field dummy.value": how messages call it */
    const struct field_type *type; /* of the table, or `timed` */
    struct field_type timed;       /* a time that is written as `time` says */
    char *time;                    /* or NULL */
    char *desc;
    char *display; /* or NULL */
    bool list;
    bool has_arg, arg_required, arg_index, arg_key;
    bool add_output;
    cJSON *properties;         /* a list of strings, or NULL */
    bool has_extract;          /* a function of its own; with a path it gets what that finds */
    struct path_recipe recipe; /* of the paths */
    struct paths *path;        /* that do not depend on the argument; or NULL */
    bool path_has_arg;         /* they do: path = lure.ARG, or {arg} is in one */
    char *fallback, *null;     /* `default` and `null` as JSON texts, or NULL */
    char *join;                /* or NULL */
    bool keys, all;
    bool finds_many; /* its paths have a `*`, or `keys` */
};

static inline bool field_has_path(const struct field *field)
{
    return field->path != NULL || field->path_has_arg;
}

/* True if the value is found in the payload's text by a path, without Lua. */
static inline bool field_is_path(const struct field *field)
{
    return field_has_path(field) && !field->has_extract;
}

/* What its paths are asked for: its value, or what its function gets. `index`: the element that an argument
 * picks, or NULL. Of paths that find one value the function gets that, and picks itself. */
static inline struct paths_request field_request(const struct field *field, const uint64_t *index)
{
    const bool picks = !field->path_has_arg && (!field->has_extract || field->finds_many);

    return (struct paths_request){.type = field->has_extract ? &json_value_type : field->type,
                                  .list = field->has_extract ? field->finds_many : field->list,
                                  .has_index = index != NULL && picks,
                                  .index = index != NULL ? *index : 0,
                                  .fallback = field->fallback,
                                  .null = field->null,
                                  .join = field->join,
                                  .keys = field->keys,
                                  .all = field->all};
}

/*
 * Reads the table at `index`, which is the `number`th of the list, into `field`, which is all zero, and can
 * be cleared at any moment if Lua throws. What is wrong goes to `findings`. `for_all`: the script has an
 * `extract` for fields without one.
 */
void field_read_lj(lua_State *L, int index, enum abi api, bool for_all, size_t number, struct field *field,
                   struct findings *findings);

/* Frees what it has. */
void field_clear(struct field *field);

#endif
