// Package kernel holds the hot loops of reading pixels: conversion to float32, the search for nodata values, and masks.
//
// Every kernel is a plain Go function that defines the answer; an implementation in assembly equals it bit for bit.
//
// Slices that belong together have the same length; a shorter one panics. Nothing here allocates.
package kernel
