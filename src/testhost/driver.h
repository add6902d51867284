/*
 * driver: the functions that load and call a plugin of one plugin API version, and the host's data for it.
 *
 * v0.c and v3.c each implement `struct driver` with the ABI header of their version, and do not use Lua.
 * Every call has a verdict: success, a failure of the plugin, a refusal by the framework, or a violation of
 * the API's rules.
 */
#ifndef LURE_TESTHOST_DRIVER_H
#define LURE_TESTHOST_DRIVER_H

#include "testhost/asyncevents.h"
#include "testhost/declaredfields.h"
#include "testhost/guardpage.h"
#include "testhost/hostevent.h"
#include "testhost/library.h"
#include "testhost/message.h"
#include "testhost/pluginowner.h"
#include "testhost/threadpool.h"

#include <stdbool.h>
#include <stdint.h>

/* What stands in memory that the plugin has to set, until it does (the fill byte of guard pages). */
#define UNSET_8       0x5a
#define UNSET_32      0x5a5a5a5a
#define UNSET_64      0x5a5a5a5a5a5a5a5a
#define UNSET_POINTER ((void *)(uintptr_t)UNSET_64)

enum verdict {
    VERDICT_FINE,
    VERDICT_FAILED,  /* the plugin said so; its last error says why */
    VERDICT_REFUSED, /* the framework would not go on; `message` says why, in its words */
    VERDICT_BROKEN   /* the plugin broke a rule that the framework relies on; `message` says which */
};

struct client;
struct inspector;

/* Memory that the plugin sees during one call; each ends at an unmapped page. */
struct shown {
    struct guard text, input, more, event, payload, arguments, fields, offsets, count, batch;
    struct guard tables, table_reader, table_writer, table_fields, routines;
};

/* A plugin's state, as init made it. */
struct state {
    struct library *library;
    void *plugin; /* NULL: none, or destroyed */
    bool initialised;
    struct instance *instances; /* open ones, newest first */
    struct plugin_owner owner;
    struct shown shown;
    struct event_types extract_types;
    struct event_types parse_types;
    struct inspector *inspector; /* a reference */
    struct client *client;       /* its part in the inspector */
    struct async async;
    struct thread_pool routines;
    unsigned asked; /* threads that ask for metrics now */
    bool listening; /* capture_open was called, and capture_close not since */
};

/* What next_batch returns. The numbers are the API's. */
enum batch_result {
    BATCH_SUCCESS = 0,
    BATCH_FAILURE = 1,
    BATCH_TIMEOUT = -1,
    BATCH_EOF = 2,
    BATCH_NOT_SUPPORTED = 3
};

struct instance {
    struct state *state;
    struct instance *next;
    void *plugin; /* the plugin's handle */
    bool open;
    uint64_t batch; /* how many were asked for; events of an earlier one are gone */
    uint64_t delivered;
    enum batch_result result;
    uint32_t count;
    const void *events; /* the plugin's array, of `count` */
};

/* What extraction returned for one field: pointers into the plugin's memory, nothing copied. */
struct result {
    const struct field *field;
    uint64_t count;
    const void *values; /* array of `count`: const char *, uint64_t, uint32_t (bool) or struct bytes */
    bool is_inline;     /* API 0: the value is in `number` or `text` below */
    uint64_t number;
    const char *text;
    bool has_offsets;
    const uint32_t *starts, *lengths;
};

/* ss_plugin_byte_buffer */
struct bytes {
    uint32_t length;
    const void *data;
};

/* Numbers of ss_plugin_metric_type and ss_plugin_metric_value_type. */
enum { METRIC_MONOTONIC = 0, METRIC_NON_MONOTONIC = 1 };
enum metric_value_type {
    METRIC_U32,
    METRIC_S32,
    METRIC_U64,
    METRIC_S64,
    METRIC_DOUBLE,
    METRIC_FLOAT,
    METRIC_INT
};

/* A number that a plugin counts; its value is as wide as can be. */
struct metric {
    const char *name; /* the plugin's */
    int type;
    enum metric_value_type value_type;
    union {
        int64_t s;
        uint64_t u;
        double d;
    } value;
};

struct driver {
    int api;              /* 0 or 3 */
    const char *failures; /* what libsinsp returns where there is no state to ask for the last error */

    bool (*load)(struct library *library, char *message);
    enum verdict (*init)(struct state *state, const char *config, char *message);
    void (*destroy)(struct state *state);
    const char *(*last_error)(struct state *state); /* may be NULL */
    enum verdict (*open)(struct instance *instance, const char *params, char *message);
    void (*close)(struct instance *instance);
    enum verdict (*next_batch)(struct instance *instance, char *message);
    /* the event at `index` of the batch, with what libscap sets in it set */
    enum verdict (*event_at)(struct instance *instance, uint32_t index, struct event *event, char *message);
    const char *(*progress)(struct instance *instance, uint32_t *percent); /* hundredths of a percent */
    enum verdict (*open_params)(struct state *state, const char **json);
    enum verdict (*to_string)(struct state *state, const struct event *event, const char **text,
                              char *message);
    /* `results` has room for `count`; `offsets`: ask for them too (one field only); `unasked`: also of an
     * event that the plugin did not ask for */
    enum verdict (*extract)(struct state *state, const struct event *event,
                            const struct field_request *requests, uint32_t count, bool offsets, bool unasked,
                            struct result *results, char *message);

    /* NULL in API 0, all below; VERDICT_REFUSED where the plugin or the played host lacks it */
    /* `*shown`: the plugin asked for such events, or `unasked` is set */
    enum verdict (*parse)(struct state *state, const struct event *event, bool unasked, bool *shown,
                          char *message);
    enum verdict (*async_open)(struct state *state, char *message);
    enum verdict (*async_close)(struct state *state, char *message);
    enum verdict (*dump_state)(struct state *state, struct async_list *events, char *message);
    /* events of the kernel are to be read: has the plugin the host's event schema, if it takes them? */
    enum verdict (*kernel_open)(struct state *state, char *message);
    enum verdict (*capture_open)(struct state *state, char *message);
    enum verdict (*capture_close)(struct state *state, char *message);
    /* `*metrics` is to be freed; the names are the plugin's. May come from any thread */
    enum verdict (*metrics)(struct state *state, struct metric **metrics, uint32_t *count, char *message);
    enum verdict (*set_config)(struct state *state, const char *config, char *message);
    /* what lure's own library returns beyond the plugin API (v3/console.h); `text`, `event` may be NULL */
    enum verdict (*console)(struct state *state, const char *request, const char *text,
                            const struct event *event, const char **answer, char *message);
};

extern const struct driver driver_v0;
extern const struct driver driver_v3;

/* Frees what the host holds for a state; the plugin's own is destroyed before, by state_destroy. */
void state_release(struct state *state);

/* Makes a state by init. After a failure it is to be destroyed, once its error was read. */
enum verdict state_init(struct state *state, struct library *library, struct inspector *inspector,
                        const char *config, char *message);

/*
 * Closes what is open as sinsp does: instances, newest first, the async handler, listening, routines; then
 * destroys the plugin's state. What would have aborted the host is recorded as a violation. May be called
 * again.
 */
void state_destroy(struct state *state);

/* The text of the plugin's last error; never NULL. */
const char *state_last_error(struct state *state);

/* Opens a source. After a failure it is closed with a NULL handle, as libscap does, by instance_close. */
enum verdict instance_open(struct instance *instance, struct state *state, const char *params, char *message);
void instance_close(struct instance *instance);

/* Can the event still be read? */
bool event_is_valid(const struct event *event);

/* For drivers: keeps what next_batch returned, if hosts can use it. */
enum verdict instance_take_batch(struct instance *instance, int rc, uint32_t count, const void *events,
                                 char *message);

/* For drivers. */
enum verdict out_of_memory(char *message);

#endif
