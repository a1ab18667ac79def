package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asCommand makes the test program the command itself, for tests that need a process.
const asCommand = "GRADCHAIN_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(guarded(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// process is a command line that runs as a process, with a standard input that stays open.
type process struct {
	*exec.Cmd
	out, errOut bytes.Buffer
	done        chan struct{}
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(program, args...), done: make(chan struct{})}
	p.Env = append(os.Environ(), asCommand+"=1")
	p.Stdout, p.Stderr = &p.out, &p.errOut
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		in.Close()
		p.Process.Kill()
		<-p.done
	})
	return p
}

// patience is far above what a test waits for, and far below what it would take without.
const patience = time.Minute

// await polls until ok, and reports whether that came.
func await(ok func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

// names are those of the files in a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestGuarded: every command that can take long ends soon after a signal, in the middle of
// one sample too, with the signal's status, one line, and without a file.
func TestGuarded(t *testing.T) {
	long := []string{"--samples", "1e12"}
	for i, args := range [][]string{
		{"verify", "--thorough"},
		{"calibrate"},
		{"bench", "--time", "1h"},
		{"simulate", "chain", "--paths", "1e12"},
		{"simulate", "chain", "--kind", "normalized", "--depth", "1e5", "--batch", "32", "--paths", "1e12"},
		append([]string{"simulate", "dense"}, long...),
		{"simulate", "dense", "--batch", "2048", "--width", "2048", "--depth", "20", "--samples", "1"},
		append([]string{"simulate", "normalized"}, long...),
		append([]string{"simulate", "residual"}, long...),
		append([]string{"simulate", "recurrent"}, long...),
		append([]string{"simulate", "lstm"}, long...),
		{"theory", "--batch", "-"},
	} {
		s := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}[i%4]
		t.Run(strings.Join(args[:min(len(args), 3)], " "), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			p := start(t, append(args, "-o", filepath.Join(folder, "report"))...)
			if !await(func() bool { return len(names(t, folder)) == 1 }) {
				t.Fatalf("no work begun, %s", &p.errOut)
			}
			p.Process.Signal(s)
			select {
			case <-p.done:
			case <-time.After(patience):
				t.Fatal("still running")
			}
			if got, want := p.ProcessState.ExitCode(), 128+int(s); got != want {
				t.Errorf("%v: status %d, want %d; %s", s, got, want, &p.errOut)
			}
			if text := p.errOut.String(); strings.Count(text, "gradchain: interrupted") != 1 || strings.Contains(text, "goroutine") {
				t.Errorf("%v: standard error %q", s, text)
			}
			if left := names(t, folder); len(left) != 0 {
				t.Errorf("%v: left %v", s, left)
			}
		})
	}
}

// TestGuard: the first signal ends the context with its number, and a command that does
// not care is left at the second one or after the grace.
func TestGuard(t *testing.T) {
	obedient := func(ctx context.Context) int {
		<-ctx.Done()
		return interruptedBy(ctx)
	}
	deaf := func(context.Context) int { select {} }
	for _, tt := range []struct {
		reason  string
		signals []os.Signal
		grace   time.Duration
		command func(context.Context) int
		status  int
		ended   bool
	}{
		{"none", nil, time.Hour, func(context.Context) int { return 7 }, 7, true},
		{"Ctrl-C", []os.Signal{syscall.SIGINT}, time.Hour, obedient, 130, true},
		{"kill", []os.Signal{syscall.SIGTERM}, time.Hour, obedient, 143, true},
		{"the terminal is closed", []os.Signal{syscall.SIGHUP}, time.Hour, obedient, 129, true},
		{"twice", []os.Signal{syscall.SIGTERM, syscall.SIGINT}, time.Hour, deaf, 143, false},
		{"the grace ends", []os.Signal{syscall.SIGINT}, time.Millisecond, deaf, 130, false},
	} {
		signals := make(chan os.Signal, len(tt.signals))
		for _, s := range tt.signals {
			signals <- s
		}
		if status, ended := guard(signals, tt.grace, tt.command); status != tt.status || ended != tt.ended {
			t.Errorf("%s: status %d, ended %v, want %d, %v", tt.reason, status, ended, tt.status, tt.ended)
		}
	}
}

// TestGuarded_brokenPipe: a reader that has seen enough ends the command, without a word
// and without a file.
func TestGuarded_brokenPipe(t *testing.T) {
	folder := t.TempDir()
	for _, args := range [][]string{
		{"claims"},
		{"simulate", "dense", "--width", "4", "--depth", "4", "--samples", "1e12", "--raw", "-", "-o", filepath.Join(folder, "report")},
		{"simulate", "dense", "--width", "4", "--depth", "4", "--samples", "9", "--raw", filepath.Join(folder, "raw")},
	} {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		read.Close()
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		var errOut bytes.Buffer
		cmd.Stdout, cmd.Stderr = write, &errOut
		cmd.Run()
		write.Close()
		if got := cmd.ProcessState.ExitCode(); got != brokenPipe || strings.Contains(errOut.String(), "gradchain:") {
			t.Errorf("%v: status %d, standard error %q, want %d and nothing", args, got, &errOut, brokenPipe)
		}
		if left := names(t, folder); len(left) != 0 {
			t.Errorf("%v: left %v", args, left)
		}
	}
}

// TestCreateTemporary: what a killed process has left goes, and nothing else.
func TestCreateTemporary(t *testing.T) {
	folder := t.TempDir()
	target := filepath.Join(folder, "report")
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Skip(err)
	}
	stale := temporaryStart(target) + strconv.Itoa(dead.ProcessState.Pid()) + "-123"
	keep := []string{
		"report", ".report.123", temporaryStart(target) + strconv.Itoa(os.Getppid()) + "-123", temporaryStart("other") + strconv.Itoa(dead.ProcessState.Pid()) + "-1",
		temporaryStart(target) + "x-1", temporaryStart(target) + "1",
	}
	for _, name := range append(keep, stale) {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := createTemporary(target)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for _, name := range keep {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, stale)); err == nil {
		t.Errorf("%s is left", stale)
	}
	temporaries.remove()
	if _, err := os.Stat(f.Name()); err == nil {
		t.Errorf("%s is left", f.Name())
	}
	temporaries.drop(f.Name())
}

// TestCommit: neither of two outputs is replaced unless both are written.
func TestCommit(t *testing.T) {
	folder := t.TempDir()
	raw, full := filepath.Join(folder, "raw"), "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(raw, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	model := []string{"simulate", "dense", "--width", "4", "--depth", "4", "--samples", "9", "--seed", "1", "--raw"}
	for _, args := range [][]string{{raw, "-o", full}, {full, "-o", raw}} {
		status, _, errOut := call(append(model, args...)...)
		if status != failure || strings.Count(errOut, "\n") != 1 || !strings.Contains(errOut, "no space left") {
			t.Errorf("%v: status %d, standard error %q", args, status, errOut)
		}
		if text, err := os.ReadFile(raw); err != nil || string(text) != "old" || len(names(t, folder)) != 1 {
			t.Errorf("%v: %q, %v, %v", args, text, err, names(t, folder))
		}
	}
}
