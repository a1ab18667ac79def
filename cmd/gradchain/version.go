package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"gradchain/sim/run"
)

// version says which program this is: the module's version or the revision it was built
// from, the Go version, and the kernel that it runs on this machine.
func version() string {
	module, revision, level := "(unknown)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			module = info.Main.Version
		}
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if revision = settings["vcs.revision"]; revision != "" {
			revision = "\nrevision " + revision + " of " + settings["vcs.time"]
			if settings["vcs.modified"] == "true" {
				revision += ", modified"
			}
		}
		if v := settings["GOAMD64"]; v != "" {
			level = " " + v
		}
	}
	kernel, err := run.Kernel()
	if err != nil {
		kernel = err.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%s%s\ngo       %s %s/%s%s\nkernel   %s", module, revision, strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH, level, kernel))
}
