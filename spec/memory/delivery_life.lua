-- The life of delivery.lua. What it keeps is there in the next one.
return require "spec.memory.steps"({ "fine", "1", "a+b", "trueendednil", "acknowledged" },
  { config = (', "state": "%s/kept"'):format(os.getenv "FOLDER") })
