package godal

/*
#include <stdlib.h>
#include "godal.h"
*/
import "C"

import (
	"errors"
	"runtime/cgo"
	"unsafe"
)

// common holds the options every fallible call understands.
type common struct {
	handler ErrorHandler
	config  []string // KEY=VALUE
}

// call is one call into C: begin before, end after it, on the same goroutine.
type call struct {
	env    C.gd_env
	log    *messageLog
	config stringList
}

// messageLog collects what the ErrorHandler of one call returned.
type messageLog struct {
	fn       ErrorHandler
	errs     []error
	panicked any
}

func (c *common) begin() call {
	var k call
	if len(c.config) > 0 {
		k.config = newStringList(c.config)
		k.env.config = k.config.ptr()
	}
	if c.handler != nil {
		k.log = &messageLog{fn: c.handler}
		k.env.logger = C.uintptr_t(cgo.NewHandle(k.log))
	}
	return k
}

// end frees what begin made and msg, the text C returned, and gives the error.
func (k call) end(msg *C.char) error {
	k.config.free()
	if k.log != nil {
		cgo.Handle(k.env.logger).Delete()
		if k.log.panicked != nil {
			panic(k.log.panicked)
		}
		if len(k.log.errs) == 1 {
			return k.log.errs[0]
		}
		return errors.Join(k.log.errs...)
	}
	if msg == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(msg))
	return errors.New(C.GoString(msg))
}

// godalLogMessage hands one message to the call's ErrorHandler and returns 1 when
// it counts as an error. A panic waits until C has undone its own state.
//
//export godalLogMessage
func godalLogMessage(logger C.uintptr_t, level, code C.int, msg *C.char) (failed C.int) {
	log := cgo.Handle(logger).Value().(*messageLog)
	defer func() {
		if p := recover(); p != nil {
			if log.panicked == nil {
				log.panicked = p
			}
			failed = 1
		}
	}()
	if err := log.fn(ErrorCategory(level), int(code), C.GoString(msg)); err != nil {
		log.errs = append(log.errs, err)
		return 1
	}
	return 0
}

// stringList is a NULL-terminated list of strings in C memory. The zero value and
// the list of no strings are NULL.
type stringList []*C.char

func newStringList(in []string) stringList {
	if len(in) == 0 {
		return nil
	}
	size := C.size_t(len(in)+1) * C.size_t(unsafe.Sizeof((*C.char)(nil)))
	list := unsafe.Slice((**C.char)(C.malloc(size)), len(in)+1)
	for i, s := range in {
		list[i] = C.CString(s)
	}
	list[len(in)] = nil
	return list
}

func (l stringList) ptr() **C.char { return unsafe.SliceData([]*C.char(l)) }

func (l stringList) free() {
	if l == nil {
		return
	}
	for _, s := range l {
		C.free(unsafe.Pointer(s))
	}
	C.free(unsafe.Pointer(l.ptr()))
}
