package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// temporaries are the files of this process that are not in their place yet.
var temporaries temporarySet

type temporarySet struct {
	mu    sync.Mutex
	files map[string]bool
}

func (t *temporarySet) add(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.files == nil {
		t.files = map[string]bool{}
	}
	t.files[name] = true
}

func (t *temporarySet) drop(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.files, name)
}

// remove removes the files, for a process that ends in the middle.
func (t *temporarySet) remove() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name := range t.files {
		os.Remove(name)
	}
}

// createTemporary returns a file beside the one that it will replace, and removes those
// which processes that were killed have left there.
func createTemporary(name string) (*os.File, error) {
	folder, start := filepath.Dir(name), temporaryStart(name)
	sweep(folder, start)
	f, err := os.CreateTemp(folder, fmt.Sprintf("%s%d-*", start, os.Getpid()))
	if err == nil {
		temporaries.add(f.Name())
	}
	return f, err
}

// temporaryStart is how the names of the temporary files of a file begin, as long as the
// processes that make them can see each other.
func temporaryStart(name string) string {
	base := filepath.Base(name)
	host, _ := os.Hostname()
	space, _ := os.Readlink("/proc/self/ns/pid") // a container counts its processes apart
	h := fnv.New32a()
	h.Write([]byte(host + " " + space))
	return fmt.Sprintf(".%s.gradchain-%08x-", base[:min(len(base), 180)], h.Sum32())
}

// sweep removes the temporary files whose process is no more.
func sweep(folder, start string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, found := strings.CutPrefix(e.Name(), start)
		number, _, dash := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(number)
		if found && dash && err == nil && pid > 0 && !alive(pid) {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// alive says whether there is such a process, or none can know.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// cause strips the temporary name from an error of package os.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
