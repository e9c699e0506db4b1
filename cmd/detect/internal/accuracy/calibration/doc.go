// Package calibration fits the weights of change.Confidence to what the detections on labelled pairs turned out to be, and measures how
// reliable they are on families of imagery that had no part in the fit.
//
// Families are judged with the same weight, and within a family every detection. In the fit a family has the root of the number of its
// detections: with equal weights 16 detections of one sensor say as much as 1700 of another, and on families left out the log-loss is
// higher.
package calibration
