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

--- Loads a plugin's library. Without a library: what is wrong, and the API version that it declared.
---@param path string
---@param options? lure.host.LoadOptions
---@return lure.host.Library? library
---@return string? message
---@return { required_api_version: string? }? detail
function host.load(path, options) end

--- Makes an event that belongs to the host.
---@param members lure.host.EventMembers
---@return lure.host.Event
function host.event(members) end

--- Starts a thread that loads, inits and destroys a plugin again and again.
---@param path string
---@param options? lure.host.BackgroundOptions
---@return lure.host.Job
function host.background(path, options) end

--- Makes an inspector: what the plugin states of a host share, the state tables.
---@return lure.host.Inspector
function host.inspector() end

--- Sends standard error of the whole process to a file.
---@param path string
---@return fun() restore
function host.redirect_stderr(path) end

--- What lure's own library makes of a YAML file; not part of the plugin API.
---@param path string of the library
---@param request "yaml" | "falco"
---@param file string
---@param schema? string
---@return string? answer
---@return string? message
function host.settings(path, request, file, schema) end

--- Whether the text, up to its first NUL, matches a pattern of fnmatch(3), as the operators glob and iglob of filters.
---@param pattern string
---@param text string
---@param caseless? boolean
---@return boolean
function host.glob(pattern, text, caseless) end

--- The 4 or 16 bytes of an address's text, by inet_pton(3); nil: it is none.
---@param text string
---@return string?
function host.address(text) end

--- Compiles a pattern of PCRE2 over characters of UTF-8, which is tried at the beginning of texts only.
---@param pattern string
---@return lure.host.Regex? regex
---@return string? message
function host.regex(pattern) end

--- Whether an error says that the plugin broke a rule of the plugin API, and not that lure.host was used wrongly.
---@param problem any
---@return boolean
function host.is_broken(problem) end

---@class lure.host.Regex
local Regex = {}

--- Whether the text begins with what the pattern is of. nil: it is not UTF-8, it took too long, or memory ran out.
---@param text string
---@return boolean? matches
---@return string? message
function Regex:matches(text) end

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

--- What the plugin declares: name, version, fields, capabilities, symbols and so on.
---@return lure.host.Info
function Library:info() end

--- Makes a plugin state. Without a state: what is wrong, and what was logged. By default the state has an inspector of its
--- own.
---@param config? string
---@param options? { inspector?: lure.host.Inspector }
---@return lure.host.State? state
---@return string? message
---@return lure.host.LogLine[]? log
function Library:init(config, options) end

--- Loads the library again, as `host.load` with the same path and options.
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

--- Opens an event source. Without an instance: why not.
---@param params? string
---@return lure.host.Instance? instance
---@return string? message
function State:open(params) end

--- The open parameters that the plugin suggests.
---@return { value: string, desc: string?, separator: string? }[]?
---@return string? message
function State:open_params() end

--- The value of a field in an event. A field is `"name"` or `"name[argument]"`; for a list of fields the result is the list
--- of their values, with their number in `n`. `offsets`: also where the value is in the payload; `unasked`: even if the
--- plugin takes no events of that type or source.
---@param event lure.host.Event
---@param field string | string[]
---@param options? { offsets?: boolean, unasked?: boolean }
---@return lure.host.Value? value
---@return string | { start: integer, length: integer }[] | nil message_or_offsets
function State:extract(event, field, options) end

--- As extract, but the value stays in the plugin's memory.
---@param event lure.host.Event
---@param field string
---@return lure.host.Pointer? pointer
---@return string? message
function State:extract_raw(event, field) end

--- The event types that the plugin has fields for.
---@return integer[] | "all"
function State:extract_event_types() end

--- The event as text.
---@param event lure.host.Event
---@return string
function State:to_string(event) end

--- Shows an event to the plugin. false: it did not ask for events of that type or source.
---@param event lure.host.Event
---@param options? { unasked?: boolean }
---@return boolean? parsed
---@return string? message
function State:parse(event, options) end

--- The event types that the plugin parses.
---@return integer[] | "all"
function State:parse_event_types() end

--- Sets the handler of async events. `fail`: it refuses all events with this text; `source`: the event source that is open.
---@param options? { fail?: string, source?: string }
---@return true? done
---@return string? message
function State:async_open(options) end

--- The async events since the last call.
---@return lure.host.AsyncEvent[]
function State:async_events() end

--- Waits until so many async events came since init, or the seconds (10) have passed. Returns whether they came.
---@param count integer
---@param seconds? number
---@return boolean
function State:async_wait(count, seconds) end

--- Removes the handler of async events.
---@return true? done
---@return string? message
function State:async_close() end

--- The async events that the plugin writes for a capture file.
---@return lure.host.AsyncEvent[]? events
---@return string? message
function State:dump_state() end

--- Checks, as hosts of plugin API 3.12 do when they begin to read kernel events, that the event schema which the plugin
--- requires is the host's.
---@return true? done
---@return string? message
function State:kernel_open() end

--- Tells the plugin that a capture begins.
---@return true? done
---@return string? message
function State:capture_open() end

--- Tells the plugin that the capture ends, and waits for its routines in the thread pool.
---@return true? done
---@return string? message
function State:capture_close() end

--- How many routines are in the thread pool.
---@return integer
function State:routines() end

--- The metrics of the plugin.
---@return lure.host.Metric[]? metrics
---@return string? message
function State:metrics() end

--- Starts a thread that asks for metrics every millisecond; `join` returns how many times it did.
---@return lure.host.Job? job
---@return string? message
function State:ask_metrics() end

--- Gives the plugin a new configuration.
---@param text string
---@return true? done
---@return string? message
function State:set_config(text) end

--- What lure's own library answers beyond the plugin API.
---@param request string
---@param text? string
---@param event? lure.host.Event
---@return string? answer
---@return string? message
function State:console(request, text, event) end

--- The inspector that the state belongs to.
---@return lure.host.Inspector
function State:inspector() end

--- What the plugin says of its last error.
---@return string
function State:last_error() end

--- What was logged since the last call.
---@return lure.host.LogLine[]
function State:log() end

--- Destroys the plugin state. Closes first what is open: instances, the async handler, the capture.
function State:destroy() end

---@class lure.host.Pointer
local Pointer = {}

--- Reads the value out of the plugin's memory, now.
---@return lure.host.Value?
function Pointer:read() end

--- Where the plugin has the value, which is not looked at. In API 0: 0.
---@return integer
function Pointer:address() end

---@class lure.host.Instance an open source
local Instance = {}

--- Asks for a batch. Its events are valid until the next one; copy what is to stay.
---@return lure.host.Result result
---@return lure.host.Event[] events
---@return string? message
function Instance:next_batch() end

--- How much of the source was read.
---@return number progress from 0 to 1
---@return string text
function Instance:progress() end

--- Closes the source.
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
---@field bytes? string the whole event in libscap's layout, with its type, time and thread

---@class lure.host.Event
--- The payload.
---@field data string?
--- The size of the whole event in bytes.
---@field size integer
--- The time in ns since 1970.
---@field ts integer
--- The number of the event.
---@field num integer
--- The thread id.
---@field tid integer
--- The number of the event type.
---@field type integer
--- The id of the plugin that the event is from.
---@field plugin_id integer?
--- The event source.
---@field source string?
local Event = {}

--- A copy that belongs to the host, perhaps with other members.
---@param members? { num?: integer, ts?: integer, tid?: integer, data?: string, source?: string, id?: integer }
---@return lure.host.Event
function Event:copy(members) end

---@class lure.host.Job a thread
local Job = {}

--- Waits until the thread ends.
---@return true | integer | nil result
---@return string? message
function Job:join() end

---@class lure.host.Inspector
local Inspector = {}

--- The state tables: the type of the key by the name of the table.
---@return table<string, string>
function Inspector:tables() end

--- A state table: `"threads"`, or one that a plugin offers. `legacy`: use it as a host of 3.0 does.
---@param name string
---@param options? { legacy?: boolean }
---@return lure.host.Table? table
---@return string? message
function Inspector:table(name, options) end

---@class lure.host.Table a state table
local Table = {}

--- The name of the table.
---@return string
function Table:name() end

--- The number of entries.
---@return integer
function Table:size() end

--- The fields of an entry, by name.
---@return table<string, { type: string, read_only: boolean }>
function Table:fields() end

--- Adds a field to the table.
---@param name string
---@param type string
---@return true? done
---@return string? message
function Table:add_field(name, type) end

--- Adds an entry, with these values.
---@param key lure.host.Key
---@param values? table<string, any>
---@return true? done
---@return string? message
function Table:add(key, values) end

--- All fields of an entry, without its subtables.
---@param key lure.host.Key
---@return table<string, any>? values
---@return string? message
function Table:get(key) end

--- A field of an entry.
---@param key lure.host.Key
---@param field string
---@return any value
---@return string? message
function Table:read(key, field) end

--- Writes a field of an entry.
---@param key lure.host.Key
---@param field string
---@param value any
---@return true? done
---@return string? message
function Table:write(key, field, value) end

--- Removes an entry.
---@param key lure.host.Key
---@return true? done
---@return string? message
function Table:erase(key) end

--- Removes all entries.
---@return true? done
---@return string? message
function Table:clear() end

--- The keys, found by iteration. For tables of plugins, which do not tell keys: what this field has.
---@param field? string
---@return lure.host.Key[]? keys
---@return string? message
function Table:keys(field) end

--- What `get` returns for each entry, found by iteration.
---@return table<string, any>[]? entries
---@return string? message
function Table:entries() end

--- The table in a field of an entry. It keeps the entry.
---@param key lure.host.Key
---@param field string
---@return lure.host.Table? table
---@return string? message
function Table:subtable(key, field) end

--- Makes the subtable in a field of an entry that of another entry, as the threads of a process share descriptors.
---@param key lure.host.Key
---@param field string
---@param other lure.host.Key
---@return true? done
---@return string? message
function Table:share(key, field, other) end

--- An entry, kept until it is released.
---@param key lure.host.Key
---@return lure.host.Held? held
---@return string? message
function Table:hold(key) end

--- How many entries of the host's own table plugins have got and not yet released.
---@return integer
function Table:references() end

---@class lure.host.Held an entry that is kept
local Held = {}

--- A field of the entry.
---@param field string
---@return any value
---@return string? message
function Held:read(field) end

--- Writes a field of the entry.
---@param field string
---@param value any
---@return true? done
---@return string? message
function Held:write(field, value) end

--- Gives the entry back.
function Held:release() end

return host
