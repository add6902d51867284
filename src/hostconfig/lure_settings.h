/*
 * lure_settings: reads YAML files for the program lure in the way that hosts read theirs.
 *
 * An exported function of the library, which hosts do not know; it needs no plugin state. `request` is one
 * of
 *
 *   "yaml"    returns {"text": TEXT} of a YAML file: its map or list as JSON, or its text
 *   "rules"   returns {"documents": [...]} for a file of rules: each value of each document as an object of
 *             its "line", and
 *               of a text: its "column" (from 0), "text", and "quoted", which is also true of a block
 *               of a list: its "list"
 *               of a map: its "keys" and its "values"
 *               of null: nothing else
 *
 *   "falco"   returns {"plugins": [...]} for a configuration of Falco, included files too: the plugins that
 *             Falco would load, each with {"library", "name", "origin" ("falco.yaml:14"), "script" (its
 *             absolute path), "problem" (why that does not exist), "init_config", "open_params"} as texts;
 *             absent ones are left out
 *
 * `schema` is a JSON Schema, or NULL. Without it maps become JSON as hosts convert them; with it, values for
 * which it wants a string, and quoted ones, stay as they are written (initconfig.h).
 *
 * If the file cannot be read, the result is {"problem": TEXT}. The caller frees the result with free().
 * NULL: out of memory, or an unknown request. Not thread safe (json/cjson_parse.h).
 */
#ifndef LURE_HOSTCONFIG_LURE_SETTINGS_H
#define LURE_HOSTCONFIG_LURE_SETTINGS_H

typedef char *lure_settings_fn(const char *request, const char *path, const char *schema);

__attribute__((visibility("default"))) lure_settings_fn lure_settings;

#endif
