package run

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// FreeMemory returns how many bytes the process may still take: what the machine has
// available, less where the control group or the limits of the process say so. It is not
// known if the system does not tell.
func FreeMemory() (free float64, known bool) {
	free = math.Inf(1)
	if available, ok := field("/proc/meminfo", "MemAvailable:"); ok {
		free = available
	}
	size, _ := field("/proc/self/status", "VmSize:")
	data, _ := field("/proc/self/status", "VmData:")
	for limit, used := range map[int]float64{unix.RLIMIT_AS: size, unix.RLIMIT_DATA: data} {
		var r unix.Rlimit
		if unix.Getrlimit(limit, &r) == nil && r.Cur != unix.RLIM_INFINITY {
			free = min(free, float64(r.Cur)-used)
		}
	}
	for _, group := range groups() {
		limit, ok := number(filepath.Join(group.folder, group.limit))
		used, _ := number(filepath.Join(group.folder, group.used))
		if ok {
			free = min(free, limit-used)
		}
	}
	return max(free, 0), !math.IsInf(free, 1)
}

// field reads a line such as "MemAvailable: 123 kB".
func field(file, name string) (bytes float64, ok bool) {
	f, err := os.Open(file)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == name {
			kilobytes, err := strconv.ParseFloat(words[1], 64)
			return 1024 * kilobytes, err == nil
		}
	}
	return 0, false
}

// group is a control group with the files of its limit and of what it has taken.
type group struct{ folder, limit, used string }

// groups are those of the process and those around them, of both versions.
func groups() []group {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil
	}
	var out []group
	for line := range bytes.Lines(text) {
		parts := strings.SplitN(strings.TrimSpace(string(line)), ":", 3) // number:controllers:path
		if len(parts) != 3 {
			continue
		}
		g := group{"/sys/fs/cgroup", "memory.max", "memory.current"}
		switch parts[1] {
		case "":
		case "memory":
			g = group{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"}
		default:
			continue
		}
		root := g.folder
		for path := parts[2]; ; path = filepath.Dir(path) {
			g.folder = filepath.Join(root, path)
			out = append(out, g)
			if path == "/" || path == "." {
				break
			}
		}
	}
	return out
}

// number reads a file of one number; "max" is none.
func number(file string) (float64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	return x, err == nil
}
