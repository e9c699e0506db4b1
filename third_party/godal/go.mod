module github.com/airbusgeo/godal

go 1.25.0
