#!/bin/sh
echo ran from $0
