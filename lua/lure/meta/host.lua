---@meta lure.host
-- Types of lure.host, for LuaLS: the plugin framework of Falco and sysdig in a Lua module, for tests of any plugin.
-- What the framework turns down comes back as nil and a message; what would make it misbehave is an error.
-- src/testhost/host.c tells what each function does.

---@alias lure.host.Value lure.Value values of fields: integers (above 2^63-1 their digits), addresses as text, lists
---@alias lure.host.Key integer | string | boolean
---@alias lure.host.Result "success" | "timeout" | "eof" | "failure" | "not supported"

---@class lure.host
local host = {}

---@class lure.host.LoadOptions
---@field minor? integer play a host of the plugin API 3.<minor>; default: the newest
---@field api? 0 | 3 default: 0 where the library has plugin_get_type
---@field lazy? boolean RTLD_LAZY, as hosts up to libs 0.21
---@field env? table<string, string> in the environment while the library is loaded
---@field log_to_stderr? boolean what the plugin logs goes there, and is not kept for state:log
---@field symbols_only? string[] look up these names only, without "plugin_"

---@class lure.host.BackgroundOptions: lure.host.LoadOptions
---@field times? integer how often
---@field config? string for init

--- Loads a plugin's library. Without a library: what is wrong, and what it said its API version was.
---@param path string
---@param options? lure.host.LoadOptions
---@return lure.host.Library? library
---@return string? message
---@return { required_api_version: string? }? detail
function host.load(path, options) end

--- An event of the host's own.
---@param members lure.host.EventMembers
---@return lure.host.Event
function host.event(members) end

--- Loads, inits and destroys a plugin again and again, on a thread of its own.
---@param path string
---@param options? lure.host.BackgroundOptions
---@return lure.host.Job
function host.background(path, options) end

--- What plugin states share: the state tables.
---@return lure.host.Inspector
function host.inspector() end

--- Sends standard error of the whole process to a file.
---@param path string
---@return fun() restore
function host.redirect_stderr(path) end

--- What lure's own library makes of a YAML file; no host asks for it.
---@param path string of the library
---@param request "yaml" | "falco"
---@param file string
---@param schema? string
---@return string? answer
---@return string? message
function host.settings(path, request, file, schema) end

--- Is this error a rule of the framework that a plugin broke, and not a wrong use of lure.host?
---@param problem any
---@return boolean
function host.is_broken(problem) end

---@class lure.host.Field
---@field id integer
---@field name string
---@field type string
---@field desc string
---@field display? string
---@field list boolean
---@field add_output boolean
---@field properties string[]
---@field arg { required: boolean, index: boolean, key: boolean }

---@class lure.host.Info
---@field path string
---@field api string the plugin API that it requires
---@field name string
---@field description string
---@field contact string
---@field version string
---@field id? integer
---@field event_source? string
---@field init_schema? string
---@field fields lure.host.Field[]
---@field fields_json? string as the plugin says it
---@field capabilities { sourcing: boolean, extraction: boolean, parsing: boolean, async: boolean, listening: boolean }
---@field console boolean it is lure's own, and State:console is answered
---@field symbols table<string, boolean> by name, without "plugin_": whether the library has it
---@field extract_event_sources string[]
---@field parse_event_sources string[]
---@field async_event_sources string[]
---@field async_events string[]

---@class lure.host.Library
local Library = {}

---@return lure.host.Info
function Library:info() end

--- Without a state: what is wrong, and what was logged. Without an inspector the state has one of its own.
---@param config? string
---@param options? { inspector?: lure.host.Inspector }
---@return lure.host.State? state
---@return string? message
---@return lure.host.LogLine[]? log
function Library:init(config, options) end

--- As host.load, with the same path and options.
---@return lure.host.Library? library
---@return string? message
---@return { required_api_version: string? }? detail
function Library:loading_again() end

---@class lure.host.LogLine
---@field severity string
---@field message string
---@field component string

---@class lure.host.Metric
---@field name string
---@field value number | string
---@field type "monotonic" | "non_monotonic"
---@field value_type "u32" | "s32" | "u64" | "s64" | "double" | "float" | "int"

---@class lure.host.AsyncEvent
---@field name string
---@field data string
---@field ts integer
---@field tid integer
---@field plugin_id integer

---@class lure.host.State a plugin after its init
local State = {}

---@param params? string
---@return lure.host.Instance? instance
---@return string? message
function State:open(params) end

---@return { value: string, desc: string?, separator: string? }[]?
---@return string? message
function State:open_params() end

--- A field's value in an event, as "name[argument]"; with `offsets` also where it stands. `unasked`: even where the
--- plugin takes no events of that type or source. Of a list of fields: the list of their values, with their number in n.
---@param event lure.host.Event
---@param field string | string[]
---@param options? { offsets?: boolean, unasked?: boolean }
---@return lure.host.Value? value
---@return string | { start: integer, length: integer }[] | nil message_or_offsets
function State:extract(event, field, options) end

--- The same, left in the plugin's memory.
---@param event lure.host.Event
---@param field string
---@return lure.host.Pointer? pointer
---@return string? message
function State:extract_raw(event, field) end

---@return integer[] | "all"
function State:extract_event_types() end

---@param event lure.host.Event
---@return string
function State:to_string(event) end

--- false: the plugin did not ask for events of that type or source.
---@param event lure.host.Event
---@param options? { unasked?: boolean }
---@return boolean? parsed
---@return string? message
function State:parse(event, options) end

---@return integer[] | "all"
function State:parse_event_types() end

--- Sets the handler of async events. `fail`: it refuses all events so; `source`: the event source that is open.
---@param options? { fail?: string, source?: string }
---@return true? done
---@return string? message
function State:async_open(options) end

--- Those since the last time.
---@return lure.host.AsyncEvent[]
function State:async_events() end

--- Until so many came since init, or the seconds (10) are over.
---@param count integer
---@param seconds? number
---@return boolean
function State:async_wait(count, seconds) end

---@return true? done
---@return string? message
function State:async_close() end

---@return lure.host.AsyncEvent[]? events
---@return string? message
function State:dump_state() end

--- What hosts of plugin API 3.12 do when they begin to read events of the kernel: is the event schema that the
--- plugin asks for theirs?
---@return true? done
---@return string? message
function State:kernel_open() end

---@return true? done
---@return string? message
function State:capture_open() end

--- Waits for the routines.
---@return true? done
---@return string? message
function State:capture_close() end

--- How many are in the thread pool.
---@return integer
function State:routines() end

---@return lure.host.Metric[]? metrics
---@return string? message
function State:metrics() end

--- Asks for metrics on a thread of its own every millisecond; join answers how many times.
---@return lure.host.Job? job
---@return string? message
function State:ask_metrics() end

---@param text string
---@return true? done
---@return string? message
function State:set_config(text) end

--- What lure's own library answers beyond the plugin API; no host asks for it.
---@param request string
---@param text? string
---@param event? lure.host.Event
---@return string? answer
---@return string? message
function State:console(request, text, event) end

---@return lure.host.Inspector
function State:inspector() end

---@return string
function State:last_error() end

--- Those since the last time.
---@return lure.host.LogLine[]
function State:log() end

--- Closes first what is open: instances, the async handler, the capture.
function State:destroy() end

---@class lure.host.Pointer
local Pointer = {}

--- Reads the value out of the plugin's memory, now.
---@return lure.host.Value?
function Pointer:read() end

---@class lure.host.Instance an open source
local Instance = {}

--- An event is gone with the next batch; copy what is to stay.
---@return lure.host.Result result
---@return lure.host.Event[] events
---@return string? message
function Instance:next_batch() end

---@return number progress from 0 to 1
---@return string text
function Instance:progress() end

function Instance:close() end

---@class lure.host.EventMembers
---@field data? string the payload
---@field num? integer
---@field ts? integer ns
---@field tid? integer
---@field id? integer the plugin's; without `id` and `source` any plugin takes the event as its own
---@field source? string
---@field buffer? lure.host.Event use the memory of that event, which is gone then
---@field type? integer of an event that is not a plugin's; with `params`
---@field params? string[] the bytes of each parameter
---@field wide? boolean parameters may be longer than 65535 bytes

---@class lure.host.Event
---@field data string? the payload
---@field size integer
---@field ts integer
---@field num integer
---@field tid integer
---@field type integer
---@field plugin_id integer?
---@field source string?
local Event = {}

--- An event of the host's own, perhaps with other members.
---@param members? { num?: integer, ts?: integer, tid?: integer, data?: string, source?: string, id?: integer }
---@return lure.host.Event
function Event:copy(members) end

---@class lure.host.Job a thread
local Job = {}

--- Waits for its end.
---@return true | integer | nil result
---@return string? message
function Job:join() end

---@class lure.host.Inspector
local Inspector = {}

--- The types of the tables' keys, by name.
---@return table<string, string>
function Inspector:tables() end

--- "threads", or a plugin's. legacy: use it as a host of 3.0.
---@param name string
---@param options? { legacy?: boolean }
---@return lure.host.Table? table
---@return string? message
function Inspector:table(name, options) end

---@class lure.host.Table a state table
local Table = {}

---@return string
function Table:name() end

---@return integer
function Table:size() end

---@return table<string, { type: string, read_only: boolean }>
function Table:fields() end

---@param name string
---@param type string
---@return true? done
---@return string? message
function Table:add_field(name, type) end

---@param key lure.host.Key
---@param values? table<string, any>
---@return true? done
---@return string? message
function Table:add(key, values) end

--- All fields of an entry but its subtables.
---@param key lure.host.Key
---@return table<string, any>? values
---@return string? message
function Table:get(key) end

---@param key lure.host.Key
---@param field string
---@return any value
---@return string? message
function Table:read(key, field) end

---@param key lure.host.Key
---@param field string
---@param value any
---@return true? done
---@return string? message
function Table:write(key, field, value) end

---@param key lure.host.Key
---@return true? done
---@return string? message
function Table:erase(key) end

---@return true? done
---@return string? message
function Table:clear() end

--- By iterating. Plugins do not tell keys: of their tables, what this field holds.
---@param field? string
---@return lure.host.Key[]? keys
---@return string? message
function Table:keys(field) end

--- By iterating: what get answers for each.
---@return table<string, any>[]? entries
---@return string? message
function Table:entries() end

--- Keeps the entry that it is in.
---@param key lure.host.Key
---@param field string
---@return lure.host.Table? table
---@return string? message
function Table:subtable(key, field) end

--- An entry that is kept until it is released.
---@param key lure.host.Key
---@return lure.host.Held? held
---@return string? message
function Table:hold(key) end

--- How many entries of the host's own table plugins were given and did not release yet.
---@return integer
function Table:references() end

---@class lure.host.Held an entry that is kept
local Held = {}

---@param field string
---@return any value
---@return string? message
function Held:read(field) end

---@param field string
---@param value any
---@return true? done
---@return string? message
function Held:write(field, value) end

function Held:release() end

return host
