/*
 * A source that answers through a thread that was started when the library was loaded, as all
 * do that are written in Go: in a copy of the process that loaded it nobody answers. Its schema
 * is one that refers to a definition, as theirs do.
 */
#include "v3/abi.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint64_t asked, answered;

static void *answer(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (answered == asked)
            pthread_cond_wait(&changed, &lock);
        answered = asked;
        pthread_cond_broadcast(&changed);
    }
    return NULL;
}

__attribute__((constructor)) static void start(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, answer, NULL) == 0)
        pthread_detach(thread);
}

/* The number of the call, as the thread says. */
static uint64_t ask(void)
{
    uint64_t number;

    pthread_mutex_lock(&lock);
    number = ++asked;
    pthread_cond_broadcast(&changed);
    while (answered < number)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return number;
}

const char *plugin_get_required_api_version(void)
{
    return "3.0.0";
}

const char *plugin_get_name(void)
{
    return "threaded";
}

const char *plugin_get_description(void)
{
    return "Answers of a thread";
}

const char *plugin_get_contact(void)
{
    return "specs of lure check";
}

const char *plugin_get_version(void)
{
    return "1.0.0";
}

const char *plugin_get_fields(void)
{
    return "[{\"name\":\"threaded.number\",\"type\":\"uint64\",\"desc\":\"The number of the call\"}]";
}

const char *plugin_get_init_schema(ss_plugin_schema_type *schema_type)
{
    *schema_type = SS_PLUGIN_SCHEMA_JSON;
    return "{\"$ref\":\"#/definitions/"
           "Config\",\"definitions\":{\"Config\":{\"type\":\"object\",\"properties\":{"
           "\"url\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9},"
           "\"modes\":{\"type\":\"array\",\"items\":{\"enum\":[\"a\",\"b\"]}}},"
           "\"additionalProperties\":false}}}";
}

const char *plugin_get_extract_event_sources(void)
{
    return "[\"threaded\"]";
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    (void)input;
    ask();
    *rc = SS_PLUGIN_SUCCESS;
    return &asked;
}

void plugin_destroy(ss_plugin_t *s)
{
    (void)s;
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    static uint64_t number;

    (void)s;
    (void)evt;
    number = ask();
    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 1;
        in->fields[i].res.u64 = &number;
    }
    return SS_PLUGIN_SUCCESS;
}
