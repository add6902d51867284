/*
 * pathrecipe: what a field declares of its paths, and how that becomes JSON Pointers.
 *
 * A declared path is a JSON Pointer with two additions. A part `{a,b}` stands for either name: the first that
 * is found counts, for each element where a `*` leads there. A part `{arg}` stands for the field's argument,
 * whatever characters that has. A key that has such a form itself is written with another brace in front:
 * `{{arg}`.
 *
 * Conditions (`where`) and the path of a default become pointers, too, so that one scan finds all.
 *
 * Owner: the field. Immutable once it is read: threads may share it.
 */
#ifndef LURE_JSON_PATHRECIPE_H
#define LURE_JSON_PATHRECIPE_H

#include "json/jsonpointer.h"

#include <stdbool.h>
#include <stddef.h>

/* Most pointers of one field, and most conditions. */
#define PATHS_MOST            64
#define PATHS_MOST_CONDITIONS 8

/* One of `where`: what stands there must have one of these texts. */
struct path_condition {
    char *key;    /* with "/" in front from the document on, else from the element, or beside the value */
    char **texts; /* of a string, or of a number or a word as it is written */
    size_t count;
};

struct path_recipe {
    char **patterns; /* the declared paths */
    size_t count;
    bool is_arg; /* path = lure.ARG: the argument is the pointer */
    struct path_condition *conditions;
    size_t condition_count;
    char *fallback; /* a pointer: default = lure.path(...); or NULL */
};

struct paths;

/* True if the pointers depend on the field's argument. */
bool path_recipe_has_arg(const struct path_recipe *recipe);

/* The pointers for this argument, which is only looked at where path_recipe_has_arg. They refer to the
 * recipe. NULL: `*error` is a text that the caller frees (NULL: out of memory). */
struct paths *path_recipe_build(const struct path_recipe *recipe, const char *argument, char **error);

/* How many parts of a pointer lead to where a condition's key begins: the element of the last `*`, or what
 * the value is in. */
size_t pointer_parts_of_element(const struct pointer *pointer);

/* Frees what it holds. */
void path_recipe_clear(struct path_recipe *recipe);

#endif
