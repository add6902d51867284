#include "testhost/backgroundjob.h"
#include "testhost/luaobjects.h"

#include <string.h>

/* uservalues of a job: what it borrows (path, config, options, names), the variables to be set back */
enum { JOB_PATH = 1, JOB_CONFIG, JOB_OPTIONS, JOB_NAMES, JOB_SAVED, JOB_VALUES = JOB_SAVED };

int host_background_lj(lua_State *L)
{
    const char *path = text_check_lj(L, 1, NULL);
    struct load_options options;
    struct background_job *job;

    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    options_read_lj(L, 2, &options);                     /* path, options, names */
    job = lua_newuserdatauv(L, sizeof *job, JOB_VALUES); /* path, options, names, job */
    memset(job, 0, sizeof *job);
    luaL_setmetatable(L, JOB_TYPE);
    lua_getfield(L, 2, "times"); /* path, options, names, job, times */
    job->times = (unsigned)luaL_optinteger(L, -1, 1);
    lua_pop(L, 1);                /* path, options, names, job */
    lua_getfield(L, 2, "config"); /* path, options, names, job, config */
    job->config = text_check_lj(L, -1, "");
    lua_setiuservalue(L, 4, JOB_CONFIG); /* path, options, names, job */
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 4, JOB_PATH);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 4, JOB_OPTIONS);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, 4, JOB_NAMES);
    job->path = path;
    job->options = options;
    environment_set_lj(L, 2); /* path, options, names, job, saved */
    lua_setiuservalue(L, 4, JOB_SAVED);
    if (!background_job_start(job))
        return luaL_error(L, "a thread could not be made");
    return 1;
}

static void finish_lj(lua_State *L, struct background_job *job)
{
    if (!job->running)
        return;
    background_job_join(job);
    lua_getiuservalue(L, 1, JOB_SAVED); /* job, saved */
    environment_restore_lj(L, -1);
    lua_pop(L, 1); /* job */
}

static int join_lj(lua_State *L)
{
    struct background_job *job = luaL_checkudata(L, 1, JOB_TYPE);

    lua_settop(L, 1);
    finish_lj(L, job);
    if (!job->failed) {
        lua_pushboolean(L, true); /* true */
        return 1;
    }
    lua_pushnil(L);                  /* nil */
    lua_pushstring(L, job->message); /* nil, message */
    return 2;
}

static int gc_lj(lua_State *L)
{
    lua_settop(L, 1);
    finish_lj(L, luaL_checkudata(L, 1, JOB_TYPE));
    return 0;
}

void job_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"join", join_lj}, {NULL, NULL}};

    object_register_lj(L, JOB_TYPE, methods, gc_lj);
}
