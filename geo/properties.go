package geo

import "math"

// properties appends the members of the properties object in the order of the fields of Detection.
func (e *encoder) properties(d *Detection) {
	e.raw(`{"det_id":`)
	e.text(d.DetID)
	e.raw(`,"schema":`)
	if d.Schema == "" {
		e.text(Schema)
	} else {
		e.text(d.Schema)
	}
	e.raw(`,"aoi_id":`)
	e.optText(d.AOIID)
	e.raw(`,"job_id":`)
	e.optText(d.JobID)
	e.raw(`,"t_before":`)
	e.optTime(d.TBefore)
	e.raw(`,"t_after":`)
	e.optTime(d.TAfter)
	e.raw(`,"src_before":`)
	e.text(d.SrcBefore)
	e.raw(`,"src_after":`)
	e.text(d.SrcAfter)
	e.raw(`,"obj_desc":`)
	e.text(d.ObjDesc)
	e.raw(`,"direction":`)
	e.text(d.Direction)
	e.raw(`,"det_method":`)
	e.text(d.DetMethod)
	e.raw(`,"status":`)
	e.text(d.Status)
	e.raw(`,"review_state":`)
	e.text(d.ReviewState)
	e.raw(`,"confidence":`)
	e.optInt(d.Confidence)
	e.raw(`,"score_max":`)
	e.digits(d.ScoreMax, scoreDigits)
	e.raw(`,"score_mean":`)
	e.digits(d.ScoreMean, scoreDigits)
	e.raw(`,"threshold":`)
	e.digits(d.Threshold, scoreDigits)
	e.raw(`,"p_value":`)
	e.optDigits(atLeast(d.PValue, leastProb), probDigits)
	e.raw(`,"pixels":`)
	e.integer(d.Pixels)
	e.raw(`,"area_m2":`)
	e.optDigits(d.AreaM2, metreDigits)
	e.raw(`,"perim_m":`)
	e.optDigits(d.PerimM, metreDigits)
	e.raw(`,"rep_lon":`)
	e.optNumber(d.RepLon)
	e.raw(`,"rep_lat":`)
	e.optNumber(d.RepLat)
	e.raw(`,"len_m":`)
	e.optDigits(d.LenM, metreDigits)
	e.raw(`,"wid_m":`)
	e.optDigits(d.WidM, metreDigits)
	e.raw(`,"orient_deg":`)
	e.optDecimals(d.OrientDeg, pixelDecimals)
	e.raw(`,"reg_dx_px":`)
	e.optDecimals(d.RegDxPx, pixelDecimals)
	e.raw(`,"reg_dy_px":`)
	e.optDecimals(d.RegDyPx, pixelDecimals)
	e.raw(`,"reg_sd_px":`)
	e.optDecimals(d.RegSdPx, pixelDecimals)
	e.raw(`,"pos_acc_m":`)
	e.optDecimals(d.PosAccM, pixelDecimals)
	e.raw(`,"obs_frac":`)
	e.decimals(d.ObsFrac, shareDecimals)
	e.raw(`,"edge_flag":`)
	e.text(d.EdgeFlag)
	e.raw(`,"first_seen":`)
	e.optTime(d.FirstSeen)
	e.raw(`,"last_seen":`)
	e.optTime(d.LastSeen)
	e.raw(`,"n_looked":`)
	e.optInt(d.NLooked)
	e.raw(`,"n_seen":`)
	e.optInt(d.NSeen)
	e.buf = append(e.buf, '}')
}

// optNumber appends a coordinate; null when it is unknown or not finite.
func (e *encoder) optNumber(v Opt[float64]) {
	if !v.Known || !finite(v.Value, v.Value) {
		e.raw("null")
		return
	}
	e.number(v.Value)
}

// atLeast raises a known number to a floor.
func atLeast(v Opt[float64], floor float64) Opt[float64] {
	if v.Known && v.Value < floor && !math.IsNaN(v.Value) {
		v.Value = floor
	}
	return v
}
