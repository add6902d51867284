/*
 * yamltree: parses YAML files into trees whose nodes know their file and line.
 *
 * The trees are what yaml-cpp, which Falco and sysdig use, would give: aliases share their node, "<<" is a
 * key like any other, and of a configuration only the first document counts.
 *
 * Owner: a forest owns all nodes and files, and frees them together. Trees beyond the limits below are
 * refused, a configuration, which is read inside a host, far earlier than a file of rules, which the program
 * reads.
 */
#ifndef LURE_HOSTCONFIG_YAMLTREE_H
#define LURE_HOSTCONFIG_YAMLTREE_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define YAML_DEEPEST 200   /* nesting */
#define YAML_MOST    50000 /* values in all files of a configuration together */

/* What the values of a file of rules may take: each counts as so much, and its text; behind an alias they
 * count again. */
#define YAML_RULES (128u << 20)
#define YAML_VALUE 128u

enum node_kind { NODE_NULL, NODE_TEXT, NODE_LIST, NODE_MAP };

struct yaml_file {
    struct yaml_file *next;
    char *name;      /* last part of its path, or what stands for it: "-o" */
    char *directory; /* absolute: what relative paths in it are relative to */
};

struct node {
    struct node *next; /* in the forest */
    enum node_kind kind;
    const struct yaml_file *file;
    unsigned line;          /* from 1; 0: of no file */
    unsigned column;        /* of a value in a file: characters in front of it */
    char *text;             /* NODE_TEXT */
    bool quoted;            /* the text stands in quotes, or is a block */
    struct node **children; /* NODE_LIST, NODE_MAP */
    char **keys;            /* NODE_MAP */
    size_t count, room;
    size_t size; /* of it and of all in it, as YAML_RULES counts; 0: it is being read */
};

struct forest {
    struct node *nodes;
    struct yaml_file *files;
    bool rules; /* YAML_RULES counts, not YAML_MOST; and files may be larger */
    size_t count;
    size_t size;
    size_t copied; /* while variables were replaced */
    char *fault;   /* why the first file that could not be read was not: "falco.yaml:3: ..."; or NULL */
    const char *directory; /* the working directory; borrowed */
};

/* A zeroed struct, except for the directory and `rules`, is an empty forest. */
void forest_free(struct forest *forest);

/* Adds a file, or a pseudo file such as "-o". NULL: out of memory. */
const struct yaml_file *forest_file(struct forest *forest, const char *name, const char *directory);

/* Keeps the reason why a file could not be read, unless there is one already. Line 0: of the whole file. */
void forest_give_reason(struct forest *forest, const struct yaml_file *file, size_t line, const char *reason);

/* Is there room for another value? */
bool forest_has_room(const struct forest *forest);

/* NULL: out of memory, or no room. */
struct node *forest_node(struct forest *forest, enum node_kind kind, const struct yaml_file *file,
                         unsigned line);

/* Makes it an empty NODE_NULL in place. */
void node_clear(struct node *node);

/* Reads a file, with ${VARIABLES} in its values replaced as Falco does if `variables` is set. NULL: it cannot
 * be read (which the host reports itself), or libyaml rejects it, which is the forest's fault. */
struct node *tree_read(struct forest *forest, const char *path, bool variables);

/* All documents of a file of rules, as the elements of a list. */
struct node *tree_read_documents(struct forest *forest, const char *path);

/* The first document of a text. */
struct node *tree_parse(struct forest *forest, const char *text, const struct yaml_file *file);

/* The value of `key`, or NULL. `node` may be NULL, or of any kind. */
struct node *tree_get(const struct node *node, const char *key);

/* The text of a value, or NULL where it has none. */
const char *tree_text(const struct node *node);

/* Adds at the end of a list (`key` NULL) or of a map, where an equal key may be before it, which then counts.
 * False: out of memory. */
bool tree_append(struct node *parent, const char *key, struct node *child);

/* Adds to a list (`key` NULL), or to a map, where it replaces the value of an equal key. False: out of
 * memory. */
bool tree_set(struct node *parent, const char *key, struct node *child);

/* The value as it is written: JSON in which a plain text is a cJSON_Raw, a quoted one a cJSON_String; of
 * equal keys the last counts (hostconfig/initconfig.h). Its approximate size is subtracted from `*left`.
 * NULL: that does not suffice, or out of memory. */
cJSON *tree_to_json(const struct node *node, size_t *left);

#endif
