PRAGMA application_id = 0x47504B47; -- GPKG
PRAGMA user_version = 10300;        -- 1.3.0

CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude and latitude in degrees');

CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE positions (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON,
  pos_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  review_state TEXT NOT NULL,
  suppressed BOOLEAN NOT NULL,
  expires DATETIME,
  first_seen DATETIME NOT NULL,
  last_seen DATETIME NOT NULL,
  confirmed_at DATETIME,
  n_looked INTEGER NOT NULL,
  n_seen INTEGER NOT NULL,
  n_held INTEGER NOT NULL,
  episodes INTEGER NOT NULL,
  det_id TEXT NOT NULL,
  last_det_id TEXT NOT NULL,
  obj_desc TEXT NOT NULL,
  direction TEXT NOT NULL,
  confidence INTEGER,
  score_max DOUBLE,
  area_m2 DOUBLE
);
CREATE TABLE sightings (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON NOT NULL,
  pos_id TEXT,
  det_id TEXT NOT NULL,
  pass_key TEXT NOT NULL REFERENCES passes(pass_key),
  t_before DATETIME NOT NULL,
  t_after DATETIME NOT NULL,
  obj_desc TEXT NOT NULL,
  direction TEXT NOT NULL,
  confidence INTEGER,
  score_max DOUBLE,
  score_mean DOUBLE,
  area_m2 DOUBLE,
  pixels INTEGER NOT NULL,
  obs_frac DOUBLE,
  edge_flag TEXT NOT NULL,
  reg_sd_px DOUBLE,
  pos_acc_m DOUBLE,
  feature TEXT NOT NULL,
  UNIQUE (pass_key, det_id)
);
CREATE INDEX sightings_pos_id ON sightings(pos_id);
CREATE INDEX sightings_det_id ON sightings(det_id);
CREATE TABLE passes (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON,
  pass_key TEXT NOT NULL UNIQUE,
  src_before TEXT NOT NULL,
  src_after TEXT NOT NULL,
  t_before DATETIME NOT NULL,
  t_after DATETIME NOT NULL,
  job_id TEXT,
  aoi_id TEXT,
  observed_from TEXT NOT NULL,
  observed_digest TEXT NOT NULL,
  n_sightings INTEGER NOT NULL,
  pair_key TEXT UNIQUE,
  options TEXT NOT NULL
);
CREATE TABLE aliases (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  det_id TEXT NOT NULL,
  pos_id TEXT,
  published BOOLEAN NOT NULL
);
CREATE INDEX aliases_det_id ON aliases(det_id);
CREATE TABLE verdicts (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  "when" DATETIME NOT NULL,
  expires DATETIME,
  det_id TEXT NOT NULL,
  "row" INTEGER NOT NULL,
  UNIQUE (id, verdict, reason, who, "when")
);
CREATE INDEX verdicts_det_id ON verdicts(det_id);
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256),
  f_table_schema TEXT(256),
  f_table_name TEXT(256),
  f_geometry_column TEXT(256),
  styleName TEXT(30),
  styleQML TEXT,
  styleSLD TEXT,
  useAsDefault BOOLEAN,
  description TEXT,
  owner TEXT(30),
  ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('positions', 'features', 'positions', 'passdiff-track/2', 4326),
  ('sightings', 'features', 'sightings', 'detections, by position', 4326),
  ('passes', 'features', 'passes', 'the outputs that were fed, and the ground that each observed', 4326),
  ('aliases', 'attributes', 'aliases', 'identifiers and the positions to which they lead', NULL),
  ('verdicts', 'attributes', 'verdicts', 'what people said of positions', NULL),
  ('layer_styles', 'attributes', 'layer_styles', 'styles for QGIS', NULL);
INSERT INTO gpkg_geometry_columns VALUES
  ('positions', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('sightings', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('passes', 'geom', 'MULTIPOLYGON', 4326, 0, 0);
