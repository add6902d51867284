/*
 * init_config: any schema that a script may declare, and any init_config in falco.yaml.
 *
 * The input is the schema in JSON and the map in YAML, with a NUL between. The schema is the properties of
 * `config`, or, behind a "=", a whole `init_schema`. An input that begins with a byte from 0x80 decides about
 * both. What is done to the map is what happens in Falco: the host converts it, checks it against the schema
 * that it was told, and gives it to the plugin, which restores what was written and checks it.
 *
 *  - The schema that hosts are told is JSON.
 *  - What the script takes as it is written, the host takes as it is converted.
 *  - What was checked is checked again without a change: the defaults are there.
 */
#include "hostconfig/initconfig.h"
#include "hostconfig/yamltree.h"
#include "identity/declaredschema.h"
#include "identity/schemacheck.h"
#include "input.h"
#include "json/cjson_integers.h"
#include "json/cjson_parse.h"

#include <stdio.h>
#include <stdlib.h>

static char *schema_text, *yaml_text;

static _Noreturn void fail(const char *what, const char *detail)
{
    fprintf(stderr, "init_config: %s: %s\nschema: %s\nyaml: %s\n", what, detail != NULL ? detail : "",
            schema_text, yaml_text);
    abort();
}

/* ---- inputs that are made ---- */

static const char *const names[] = {"a", "b", "c", "a b"};

static void make_properties(FILE *to, unsigned depth);

static void make_keywords(FILE *to, unsigned depth)
{
    static const char *const types[] = {"\"string\"",
                                        "\"integer\"",
                                        "\"number\"",
                                        "\"boolean\"",
                                        "[\"string\",\"integer\"]",
                                        "[\"number\",\"string\",\"null\"]",
                                        "[\"boolean\",\"object\",\"array\"]",
                                        "\"null\""};
    /* no maps: the one that is listed is another one once its defaults are filled in */
    static const char *const enums[] = {"\"1\"",  "1",   "\"on\",true",      "\"0123\",83,null",
                                        "[],[1]", "1e3", "9007199254740993", "\"x\""};
    static const char *const numbers[] = {"0", "1", "84", "-1", "2.5", "9007199254740993", "1e300"};

    if (input_once_in(2)) {
        fprintf(to, "\"type\":%s,", INPUT_PICK(types));
    }
    if (input_once_in(6)) {
        fprintf(to, "\"enum\":[%s],", INPUT_PICK(enums));
    }
    if (input_once_in(6)) {
        fprintf(to, "\"minimum\":%s,", INPUT_PICK(numbers));
    }
    if (input_once_in(6)) {
        fprintf(to, "\"maximum\":%s,", INPUT_PICK(numbers));
    }
    if (input_once_in(8)) {
        fprintf(to, "\"default\":%s,", INPUT_PICK(numbers));
    }
    if (input_once_in(8)) {
        fprintf(to, "\"required\":%s,", input_once_in(2) ? "true" : "[\"a\"]");
    }
    if (depth > 0 && input_once_in(3)) {
        fprintf(to, "\"type\":\"object\",\"properties\":{");
        make_properties(to, depth - 1);
        fprintf(to, "},");
    }
    if (depth > 0 && input_once_in(3)) {
        fprintf(to, "\"type\":\"array\",\"items\":{");
        make_keywords(to, depth - 1);
        fprintf(to, "},");
    }
    fprintf(to, "\"title\":\"x\"");
}

static void make_properties(FILE *to, unsigned depth)
{
    for (unsigned i = 0, count = 1 + input_below(3); i < count; i++) {
        fprintf(to, "%s\"%s\":{", i > 0 ? "," : "", names[i]);
        make_keywords(to, depth);
        fprintf(to, "}");
    }
}

static void make_map(FILE *to, unsigned depth);

static void make_value(FILE *to, unsigned depth)
{
    static const char *const values[] = {"1",
                                         "0123",
                                         "0x1F",
                                         "1e3",
                                         "2.5",
                                         "on",
                                         "No",
                                         "x",
                                         "true",
                                         "~",
                                         "-1",
                                         "1e999",
                                         "83",
                                         "4294967296",
                                         "9007199254740993",
                                         "9223372036854775808",
                                         ".5",
                                         "+1",
                                         "-0"};
    unsigned kind = input_below(8);

    if (kind == 7 && depth > 0) {
        make_map(to, depth - 1);
    } else if (kind == 6 && depth > 0) {
        fprintf(to, "[");
        for (unsigned i = input_below(3); i > 0; i--) {
            make_value(to, depth - 1);
            fprintf(to, ",");
        }
        fprintf(to, "]");
    } else if (kind >= 4) {
        fprintf(to, "\"%s\"", INPUT_PICK(values));
    } else {
        fprintf(to, "%s", INPUT_PICK(values));
    }
}

static void make_map(FILE *to, unsigned depth)
{
    fprintf(to, "{");
    for (unsigned i = 0, count = input_below(4); i < count; i++) {
        fprintf(to, "%s: ", names[i]);
        make_value(to, depth);
        fprintf(to, ", ");
    }
    fprintf(to, "}");
}

static void make_texts(void)
{
    size_t size;
    FILE *schema = open_memstream(&schema_text, &size), *yaml;

    input_below(256);
    fprintf(schema, input_once_in(4) ? "={\"properties\":{" : "{");
    make_properties(schema, 2);
    fprintf(schema, "}");
    fclose(schema);
    if (schema_text[0] == '=') {
        schema_text = realloc(schema_text, strlen(schema_text) + 2);
        strcat(schema_text, "}");
    }
    yaml = open_memstream(&yaml_text, &size);
    make_map(yaml, 2);
    fclose(yaml);
}

/* ---- checks ---- */

/* A manifest with nothing but the schema. False: no script may declare it. */
static bool make_manifest(struct manifest *manifest)
{
    bool whole = schema_text[0] == '=';
    cJSON *schema = json_parse(schema_text + whole, NULL);

    if (!cJSON_IsObject(schema) || !json_keep_last(schema)) {
        cJSON_Delete(schema);
        return false;
    }
    *(whole ? &manifest->init_schema : &manifest->config) = schema;
    manifest->findings.source = script_source_from_text("fuzz.lua", "");
    declaredschema_check(manifest);
    return manifest->findings.count == 0;
}

static void free_manifest(struct manifest *manifest)
{
    cJSON_Delete(manifest->init_schema);
    cJSON_Delete(manifest->config);
    script_source_release((struct script_source *)manifest->findings.source);
    findings_free(&manifest->findings);
}

/* The map without lure's own keys; NULL: it is none. */
static cJSON *read_written(void)
{
    struct forest forest = {.directory = "/"};
    const struct yaml_file *file = forest_file(&forest, "fuzz.yaml", "/");
    const struct node *root = tree_parse(&forest, yaml_text, file);
    size_t left = 1u << 20;
    cJSON *written = root != NULL && root->kind == NODE_MAP ? tree_to_json(root, &left) : NULL;

    forest_free(&forest);
    cJSON_DeleteItemFromObjectCaseSensitive(written, "script");
    cJSON_DeleteItemFromObjectCaseSensitive(written, "lure");
    return written;
}

static cJSON *convert(const cJSON *written)
{
    cJSON *given = init_config_converted(written), *config;
    char *text = cJSON_PrintUnformatted(given);

    config = json_parse(text, NULL);
    if (config == NULL) {
        fail("the host's JSON cannot be read", text);
    }
    cJSON_free(text);
    cJSON_Delete(given);
    return config;
}

static bool host_takes(const struct manifest *manifest, const cJSON *written, char **problem)
{
    char *text = declaredschema_text(manifest->config, manifest->init_schema, written);
    cJSON *schema = json_parse(text, NULL), *config = convert(written);
    bool takes;

    if (!cJSON_IsObject(schema)) {
        fail("the schema for hosts is no JSON object", text);
    }
    takes = schema_check_whole(config, schema, "config", problem);
    free(text);
    cJSON_Delete(schema);
    cJSON_Delete(config);
    return takes;
}

static bool check(const struct manifest *manifest, cJSON *config, char **problem)
{
    return manifest->config != NULL ? schema_check_declared(config, manifest->config, "config", problem)
                                    : schema_check_whole(config, manifest->init_schema, "config", problem);
}

static bool script_takes(const struct manifest *manifest, const cJSON *written)
{
    char name[] = "properties", *problem = NULL;
    cJSON properties = manifest->config != NULL ? *manifest->config : (cJSON){.type = cJSON_Object};
    cJSON schema = {.type = cJSON_Object, .child = &properties};
    cJSON *config = convert(written), *before;
    bool takes;

    properties.string = name;
    properties.next = properties.prev = NULL;
    init_config_restore(config, written, manifest->init_schema != NULL ? manifest->init_schema : &schema);
    takes = check(manifest, config, &problem);
    free(problem);
    if (takes) {
        before = cJSON_Duplicate(config, true);
        if (!check(manifest, config, &problem)) {
            fail("what was taken is refused then", problem);
        }
        if (!cJSON_Compare(before, config, true)) {
            fail("what was checked is changed when it is checked again", "");
        }
        cJSON_Delete(before);
    }
    cJSON_Delete(config);
    return takes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct manifest manifest = {0};
    char *problem = NULL;
    cJSON *written;

    input_begin(data, size);
    if (size > 0 && data[0] >= 0x80) {
        make_texts();
    } else {
        schema_text = input_text();
        yaml_text = input_text();
    }
    if (make_manifest(&manifest)) {
        written = read_written();
        if (cJSON_IsObject(written) && written->child != NULL && script_takes(&manifest, written) &&
            !host_takes(&manifest, written, &problem)) {
            fail("the host refuses what the script takes", problem);
        }
        free(problem);
        cJSON_Delete(written);
    }
    free_manifest(&manifest);
    free(schema_text);
    free(yaml_text);
    return 0;
}
