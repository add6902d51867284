/*
 * lure_settings: reads YAML files for the program lure in the way that hosts read theirs.
 *
 * An exported function of the library, which hosts do not know; it needs no plugin state. `request` is one
 * of
 *
 *   "yaml"    returns {"text": TEXT} of a YAML file: its map or list as JSON, or its text
 *   "rules"   returns a file of rules as a text of its values, one behind the other, those of a list or a map
 *             behind it, in lines of numbers:
 *               d COUNT                        so many documents
 *               n LINE                         null
 *               t LINE COLUMN QUOTED LENGTH    a text of so many bytes, which follow, and a line feed; COLUMN
 * is from 0, QUOTED 1 also for a block l LINE COUNT                   a list of so many values m LINE COUNT
 * a map: "k LENGTH", the key in the same way, and its value It may have up to YAML_RULES in values
 * (yamltree.h), where what aliases stand for counts again
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
