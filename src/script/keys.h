/*
 * keys: the keys that the table of a script can have (`name`, `fields`, `next`, ...), with their properties.
 *
 * The table is in keys.def, with a column for each property that other code needs.
 */
#ifndef LURE_SCRIPT_KEYS_H
#define LURE_SCRIPT_KEYS_H

#include <stdbool.h>

/* Types of a key's value. */
enum key_kind {
    KEY_IS_STRING = 1 << 0,
    KEY_IS_INTEGER = 1 << 1,
    KEY_IS_NUMBER = 1 << 2,
    KEY_IS_TABLE = 1 << 3,
    KEY_IS_FUNCTION = 1 << 4,
    KEY_IS_BOOLEAN = 1 << 5
};

/* What else a script must have if it has the key. */
enum key_needs {
    KEY_NEEDS_NOTHING,
    KEY_NEEDS_SOURCE, /* `open` or `next` */
    KEY_NEEDS_FIELDS,
    KEY_NEEDS_PARSE,
    KEY_NEEDS_EVENTS, /* any of the three: the script is shown events */
    KEY_NEEDS_STATE,  /* `fields` or `parse`: hosts give state tables to no one else */
    KEY_NEEDS_ASYNC,  /* `async_events` */
    KEY_NEEDS_CAPTURE /* `capture_open` */
};

/* The oldest plugin API with the feature of a key: 0.3.0, or the minor version of 3 that a script with the
 * key requires. */
enum key_since { KEY_SINCE_0 = -1, KEY_SINCE_3 = 0, KEY_SINCE_3_1 = 1, KEY_SINCE_3_7 = 7 };

enum script_key {
#define SCRIPT_KEY(identifier, ...) KEY_##identifier,
#include "script/keys.def"
#undef SCRIPT_KEY
    KEY_COUNT
};

/* One row of script/keys.def, where the columns are explained. */
struct script_key_info {
    const char *name;
    unsigned kinds; /* enum key_kind, or'ed */
    enum key_needs needs;
    enum key_since since;
    bool plugin, symbol, early, shared, waits;
};

/* By enum script_key. */
extern const struct script_key_info script_keys[KEY_COUNT];

/* KEY_HAS_SYMBOL_FIELDS and so on: the column `symbol`, for checks while compiling. */
enum {
#define SCRIPT_KEY(identifier, name, kinds, needs, since, plugin, symbol, ...)                               \
    KEY_HAS_SYMBOL_##identifier = symbol,
#include "script/keys.def"
#undef SCRIPT_KEY
};

/* All names, ended by NULL: for text_nearest. */
extern const char *const script_key_names[];

/* "a string", "a table or a function": what a key of these kinds expects. */
const char *key_expected(unsigned kinds);

/* True if a value of the Lua type `lua_type`, integral or not, is of these kinds. */
bool key_accepts(unsigned kinds, int lua_type, bool integral);

#endif
